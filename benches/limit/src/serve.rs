//! A loopback server that responds to every request with the file in its path.

use std::error::Error;
use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::thread;

pub(crate) fn serve(folder: &Path, port: u16) -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    println!("listening on port {}", listener.local_addr()?.port());
    for connection in listener.incoming() {
        let (connection, folder) = (connection?, folder.to_owned());
        // It is no error if a client closes the connection early.
        thread::spawn(move || converse(&connection, &folder).ok());
    }
    Ok(())
}

fn converse(connection: &TcpStream, folder: &Path) -> io::Result<()> {
    connection.set_nodelay(true)?;
    let mut reader = BufReader::new(connection);
    while let Some(name) = request(&mut reader)? {
        let known = if name.contains("..") { None } else { fs::read(folder.join(&name)).ok() };
        let (status, body) = known.map_or(("404 Not Found", Vec::new()), |body| ("200 OK", body));
        let head = format!(
            "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let mut answer = head.into_bytes();
        answer.extend(body);
        (&*connection).write_all(&answer)?;
    }
    Ok(())
}

/// Reads the next request and returns its path; `None` at the end of the connection.
fn request(reader: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let name = line.split(' ').nth(1).unwrap_or_default().trim_start_matches('/').to_owned();
    let mut length = 0;
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let Some((header, value)) = line.trim_end().split_once(':') else { break };
        if header.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    io::copy(&mut reader.take(length), &mut io::sink())?;
    Ok(Some(name))
}
