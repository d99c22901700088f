//! One step of a test server's script.

use std::time::Duration;

use bytes::Bytes;

use super::{UPDATED, answer::Answer};

/// How much of a request the server reads, what it sends, and how it ends the connection.
#[derive(Clone)]
pub(crate) struct Behavior {
    pub(super) read: Read,
    /// Whether the update takes effect once the request is read.
    pub(super) applies: bool,
    pub(super) steps: Vec<Step>,
    pub(super) end: End,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Read {
    Nothing,
    Bytes(usize),
    All,
}

#[derive(Clone)]
pub(super) enum Step {
    Send(Bytes),
    SendBytewise { text: Bytes, pause: Duration },
    SendForever(Bytes),
    Wait(Duration),
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum End {
    /// Ready for the next request.
    KeepAlive,
    /// A FIN; reads until the client disconnects.
    Close,
    /// A RST.
    Reset,
    /// Silence; reads until the client disconnects.
    Hold,
}

impl Behavior {
    fn new(read: Read, end: End) -> Self {
        Self { read, applies: false, steps: Vec::new(), end }
    }

    /// Whether it waits for a request before it does anything else.
    pub(crate) fn reads(&self) -> bool {
        self.read != Read::Nothing
    }

    /// Reads the request, sends `text`, and takes further requests.
    pub(crate) fn answer(text: impl Into<Bytes>) -> Self {
        Self::new(Read::All, End::KeepAlive).then(text)
    }

    /// Reads the request, applies the update and reports success.
    pub(crate) fn success() -> Self {
        Self::answer(Answer::status(200).body(UPDATED)).applying(true)
    }

    /// Reads the request and sends nothing.
    pub(crate) fn silence() -> Self {
        Self::new(Read::All, End::Hold)
    }

    /// Closes the connection without sending anything, before a byte of the request is read.
    pub(crate) fn close_before_reading() -> Self {
        Self::new(Read::Nothing, End::Close)
    }

    /// Like [`close_before_reading`](Self::close_before_reading), after ten bytes.
    pub(crate) fn close_while_reading() -> Self {
        Self::new(Read::Bytes(10), End::Close)
    }

    /// Like [`close_before_reading`](Self::close_before_reading), after the whole request.
    pub(crate) fn close_after_reading() -> Self {
        Self::new(Read::All, End::Close)
    }

    /// Sets whether the update takes effect, which requires that the whole request is read.
    pub(crate) fn applying(mut self, applies: bool) -> Self {
        self.applies = applies && self.read == Read::All;
        self
    }

    pub(crate) fn then(mut self, text: impl Into<Bytes>) -> Self {
        self.steps.push(Step::Send(text.into()));
        self
    }

    pub(crate) fn then_bytewise(mut self, pause: Duration, text: impl Into<Bytes>) -> Self {
        self.steps.push(Step::SendBytewise { text: text.into(), pause });
        self
    }

    pub(crate) fn then_forever(mut self, text: impl Into<Bytes>) -> Self {
        self.steps.push(Step::SendForever(text.into()));
        self
    }

    /// Waits before it sends what was added so far.
    pub(crate) fn delayed(mut self, delay: Duration) -> Self {
        self.steps.insert(0, Step::Wait(delay));
        self
    }

    pub(crate) fn closing(self) -> Self {
        Self { end: End::Close, ..self }
    }

    pub(crate) fn holding(self) -> Self {
        Self { end: End::Hold, ..self }
    }

    pub(crate) fn resetting(self) -> Self {
        Self { end: End::Reset, ..self }
    }
}
