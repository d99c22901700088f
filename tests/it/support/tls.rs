//! TLS servers with certificates from a test certificate authority.

use std::sync::Arc;

use cinnox_destination::ClientBuilder;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{self, RootCertStore, ServerConfig};

use super::builder;
use super::server::{Behavior, Server};

pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
}

/// A certificate with its key.
pub(crate) type Identity = (CertificateDer<'static>, PrivateKeyDer<'static>);

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap().der().clone();
        Self { issuer: Issuer::new(params, key), certificate }
    }

    /// For a client that trusts this authority.
    pub(crate) fn certificate(&self) -> reqwest::Certificate {
        reqwest::Certificate::from_der(&self.certificate).unwrap()
    }

    /// A certificate for a client and its key, in PEM.
    pub(crate) fn issue_client(&self, name: &str) -> String {
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        let key = KeyPair::generate().unwrap();
        params.signed_by(&key, &self.issuer).unwrap().pem() + &key.serialize_pem()
    }

    /// A certificate for the server `name` that is valid to the end of the year `until`.
    pub(crate) fn issue(&self, name: &str, until: i32) -> Identity {
        let (params, key) = server(name, until);
        (params.signed_by(&key, &self.issuer).unwrap().der().clone(), private(&key))
    }
}

/// A self-signed certificate, with the same parameters as [`Authority::issue`].
pub(crate) fn self_signed(name: &str, until: i32) -> Identity {
    let (params, key) = server(name, until);
    (params.self_signed(&key).unwrap().der().clone(), private(&key))
}

fn server(name: &str, until: i32) -> (CertificateParams, KeyPair) {
    let mut params = CertificateParams::new([name.to_owned()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.not_before = rcgen::date_time_ymd(2000, 1, 1);
    params.not_after = rcgen::date_time_ymd(until, 12, 31);
    (params, KeyPair::generate().unwrap())
}

fn private(key: &KeyPair) -> PrivateKeyDer<'static> {
    PrivatePkcs8KeyDer::from(key.serialize_der()).into()
}

/// Accepts TLS as `identity`, and offers HTTP/2 before HTTP/1.1.
pub(crate) fn acceptor(identity: Identity) -> TlsAcceptor {
    accepting(identity, rustls::DEFAULT_VERSIONS, None)
}

/// With `clients`, only a client with a certificate of this authority is accepted.
pub(crate) fn accepting(
    (certificate, key): Identity,
    versions: &[&'static rustls::SupportedProtocolVersion],
    clients: Option<&Authority>,
) -> TlsAcceptor {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider.clone()).with_protocol_versions(versions).unwrap();
    let config = match clients {
        Some(authority) => {
            let mut roots = RootCertStore::empty();
            roots.add(authority.certificate.clone()).unwrap();
            let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider).build().unwrap();
            config.with_client_cert_verifier(verifier)
        }
        None => config.with_no_client_auth(),
    };
    let mut config = config.with_single_cert(vec![certificate], key).unwrap();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    TlsAcceptor::from(Arc::new(config))
}

/// A server that identifies itself as `identity` and treats every request the same.
pub(crate) async fn start(identity: Identity, behavior: Behavior) -> Server {
    serve(acceptor(identity), behavior).await
}

pub(crate) async fn serve(acceptor: TlsAcceptor, behavior: Behavior) -> Server {
    let layer = move |stream: TcpStream| {
        let acceptor = acceptor.clone();
        async move {
            match acceptor.accept(stream).into_fallible().await {
                Ok(stream) => Ok(stream),
                Err((error, mut stream)) => {
                    // A RST for what was not read would overtake the alert.
                    let _ = stream.shutdown().await;
                    while let Ok(1..) = stream.read(&mut [0; 4096]).await {}
                    Err(error)
                }
            }
        }
    };
    Server::over(layer, move |_| behavior.clone()).await
}

/// A client for a TLS server, which trusts `authority`.
pub(crate) fn client(server: &Server, authority: &Authority) -> ClientBuilder {
    let http = reqwest::Client::builder().tls_backend_rustls().tls_certs_only([authority.certificate()]);
    builder(&format!("https://localhost:{}", server.address.port())).http_client(http)
}
