//! Lengths and tags on the control socket.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex, PoisonError};

/// The most bytes of a head.
const HEAD_BYTES_MAX: usize = 1 << 20;
/// The most bytes of a frame; longer output goes in several.
const FRAME_BYTES_MAX: usize = 64 * 1024;

/// What a frame from the owner holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    Results = 1,
    Messages = 2,
    /// One byte: the exit code. The last frame.
    Exit = 3,
}

impl Tag {
    fn of(byte: u8) -> Option<Self> {
        [Self::Results, Self::Messages, Self::Exit]
            .into_iter()
            .find(|tag| *tag as u8 == byte)
    }
}

/// Writes the head with its length.
pub(super) fn write_head(stream: &mut TcpStream, head: &[u8]) -> io::Result<()> {
    let length = u32::try_from(head.len()).map_err(io::Error::other)?;
    stream.write_all(&length.to_be_bytes())?;
    stream.write_all(head)
}

/// Reads the head.
pub(super) fn read_head(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    read_sized(stream, HEAD_BYTES_MAX)
}

fn read_sized(stream: &mut TcpStream, bytes_max: usize) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    stream.read_exact(&mut length)?;
    let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
    if length > bytes_max {
        return Err(io::Error::other("longer than allowed"));
    }
    let mut bytes = vec![0; length];
    stream.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// Reads one frame.
pub(super) fn read_frame(stream: &mut TcpStream) -> io::Result<(Tag, Vec<u8>)> {
    let mut tag = [0];
    stream.read_exact(&mut tag)?;
    let [tag] = tag;
    let tag = Tag::of(tag).ok_or_else(|| io::Error::other("not a frame"))?;
    Ok((tag, read_sized(stream, FRAME_BYTES_MAX)?))
}

/// Writes one frame of at most [`FRAME_BYTES_MAX`].
pub(super) fn write_frame(stream: &mut TcpStream, tag: Tag, bytes: &[u8]) -> io::Result<()> {
    let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
    let mut frame = vec![tag as u8];
    frame.extend_from_slice(&length.to_be_bytes());
    frame.extend_from_slice(bytes);
    stream.write_all(&frame)
}

/// One kind of output as frames on a shared stream.
pub(super) struct Framed {
    stream: Arc<Mutex<TcpStream>>,
    tag: Tag,
}

impl Framed {
    pub(super) fn new(stream: &Arc<Mutex<TcpStream>>, tag: Tag) -> Self {
        Self {
            stream: Arc::clone(stream),
            tag,
        }
    }
}

impl Write for Framed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let part = bytes.get(..FRAME_BYTES_MAX).unwrap_or(bytes);
        let mut stream = self.stream.lock().unwrap_or_else(PoisonError::into_inner);
        write_frame(&mut stream, self.tag, part).map_err(as_gone)?;
        Ok(part.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A caller who hung up is a reader who went away, whatever the system calls it.
fn as_gone(cause: io::Error) -> io::Error {
    match cause.kind() {
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted => {
            io::Error::new(io::ErrorKind::BrokenPipe, cause)
        }
        _ => cause,
    }
}
