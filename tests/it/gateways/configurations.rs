//! The gateways, with Debian's defaults but for a short timeout of the origin, and with the pages and rules that operators
//! add. In arguments and files, `{port}` is the gateway's port, `{origin}` the origin's and `{folder}` a temporary folder.

use super::gateway::Gateway;

pub(super) const VARNISH: Gateway = Gateway {
    name: "varnish",
    program: "varnishd",
    // `-b` is the default VCL.
    arguments: "-F -n {folder}/varnish -a 127.0.0.1:{port} -b 127.0.0.1:{origin} -T none -p first_byte_timeout=2 -s malloc,16m",
    needs: &[],
    files: &[],
    extra: "",
};

pub(super) const NGINX: Gateway = Gateway {
    name: "nginx",
    program: "nginx",
    arguments: "-e stderr -c {folder}/nginx.conf",
    needs: &[],
    files: &[("nginx.conf", include_str!("nginx.conf"))],
    extra: "",
};

pub(super) const NGINX_MAINTENANCE: Gateway = Gateway {
    name: "nginx, maintenance page",
    extra: "proxy_intercept_errors on;\nerror_page 500 502 504 =503 @maintenance;",
    ..NGINX
};

pub(super) const HAPROXY: Gateway = Gateway {
    name: "haproxy",
    program: "haproxy",
    arguments: "-db -f {folder}/haproxy.cfg",
    needs: &[],
    files: &[("haproxy.cfg", include_str!("haproxy.cfg")), ("maintenance.http", include_str!("maintenance.http"))],
    extra: "",
};

pub(super) const HAPROXY_MAINTENANCE: Gateway = Gateway {
    name: "haproxy, maintenance page",
    extra: "errorfile 502 {folder}/maintenance.http\nerrorfile 503 {folder}/maintenance.http\n\
            errorfile 504 {folder}/maintenance.http",
    ..HAPROXY
};

pub(super) const SQUID: Gateway = Gateway {
    name: "squid",
    program: "squid",
    arguments: "-N -f {folder}/squid.conf",
    needs: &[],
    files: &[("squid.conf", include_str!("squid.conf"))],
    extra: "",
};

pub(super) const SQUID_REPLY_ACCESS: Gateway = Gateway {
    name: "squid, http_reply_access",
    extra: "acl failed http_status 500\nhttp_reply_access deny failed",
    ..SQUID
};

/// Allows every response of the API, but no stack trace.
pub(super) const SQUID_REPLY_SIZE: Gateway =
    Gateway { name: "squid, reply_body_max_size", extra: "reply_body_max_size 2 KB", ..SQUID };

pub(super) const MODSECURITY: Gateway = Gateway {
    name: "apache, modsecurity",
    program: "apache2",
    arguments: "-DFOREGROUND -f {folder}/apache.conf",
    needs: &["/usr/lib/apache2/modules/mod_security2.so", "/usr/share/modsecurity-crs/owasp-crs.load"],
    files: &[("apache.conf", include_str!("apache.conf"))],
    extra: "",
};
