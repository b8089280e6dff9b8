//! The page on this machine's loopback; the only file that names tiny_http.

use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tiny_http::{Header, Request, Response, Server};

use super::state::{PAGE, State};
use crate::cli::Failure;

/// The frame round the page: it hears of builds and shows what is wrong.
const FRAME: &str = include_str!("frame.html");

/// Word is sent this often even if there is none: it tells whether the browser is still there.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Begins to serve, and returns the address.
pub fn start(port: u16, state: &Arc<State>) -> Result<SocketAddr, Failure> {
    let wanted = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let server = Server::http(wanted)
        .map_err(|error| format!("cannot serve at {wanted}: {error}; `--port 0` takes a free port"))?;
    let address = server.server_addr().to_ip().ok_or("the address is none of the internet's")?;
    let state = Arc::clone(state);
    thread::spawn(move || {
        for request in server.incoming_requests() {
            let state = Arc::clone(&state);
            // A browser that listens holds its thread; one that went away is of no interest.
            thread::spawn(move || answer(request, &state, address));
        }
    });
    Ok(address)
}

fn answer(request: Request, state: &State, address: SocketAddr) -> io::Result<()> {
    // A page from elsewhere may have its own name lead to this machine: it must not read the review.
    let names = [address.to_string(), format!("localhost:{}", address.port())];
    let host = request.headers().iter().find(|header| header.field.equiv("Host")).map(|header| header.value.as_str());
    if !host.is_some_and(|host| names.iter().any(|name| name == host)) {
        return request.respond(Response::from_string("not here").with_status_code(403));
    }
    let url = request.url().split(['?', '#']).next().unwrap_or_default().to_owned();
    match url.as_str() {
        "/" => send(request, FRAME.as_bytes().to_vec(), "text/html; charset=utf-8"),
        "/news" => listen(request, state),
        path => {
            let path = if path == "/page" { PAGE } else { path.trim_start_matches('/') };
            match state.file(path) {
                Some(bytes) => send(request, bytes, media_type(path)),
                None => request.respond(Response::from_string("there is no such file").with_status_code(404)),
            }
        }
    }
}

fn send(request: Request, bytes: Vec<u8>, media_type: &str) -> io::Result<()> {
    let header = |field: &str, value: &str| Header::from_bytes(field, value).ok();
    let headers = [header("Content-Type", media_type), header("Cache-Control", "no-store")];
    let mut response = Response::from_data(bytes);
    headers.into_iter().flatten().for_each(|header| response.add_header(header));
    request.respond(response)
}

/// Sends word of every build as a server-sent event, until the browser goes away.
fn listen(request: Request, state: &State) -> io::Result<()> {
    let mut browser = request.into_writer();
    write!(browser, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n\r\n")?;
    let mut seen = 0;
    loop {
        let news = state.wait(seen, HEARTBEAT);
        if news.build == seen {
            write!(browser, ": still here\n\n")?;
        } else {
            // JSON has no line end of its own, which would end the event.
            write!(browser, "data: {}\n\n", serde_json::to_string(&news)?)?;
        }
        browser.flush()?;
        seen = news.build;
    }
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("json") => "application/json",
        _ => "text/plain; charset=utf-8",
    }
}
