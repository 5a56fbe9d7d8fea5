//! MQTT in the binary frames of a WebSocket (MQTT 5.0 and 3.1.1, chapter 6): frames to bytes and
//! back, so that the door behind it is the one of TCP. Where packets begin and end has nothing to
//! do with frames. Must not know what a packet is.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use futures_util::{Sink, Stream};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_util::sync::CancellationToken;

use crate::ingest::Door;

use super::{Peer, serve};

/// Bytes that an idle line holds for what comes.
const READ_BYTES: usize = 4096;

/// Speaks MQTT over a WebSocket whose handshake is done, as [`serve`] does over TCP, with the same
/// limits; returns when the line has ended.
pub async fn serve_frames<S>(stream: S, peer: Peer, door: Arc<Door>, stop: CancellationToken)
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    // Two packets of the largest size may share a frame; what is larger is told apart by the door,
    // which sees how long it would be.
    let most = door.settings().packet_bytes_max.saturating_mul(2);
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BYTES)
        .write_buffer_size(0)
        .max_message_size(Some(most))
        .max_frame_size(Some(most));
    let socket = WebSocketStream::from_raw_socket(stream, Role::Server, Some(config)).await;
    let frames = Frames {
        socket,
        came: Bytes::new(),
    };
    Box::pin(serve(frames, peer, door, stop)).await;
}

/// The bytes in the frames of a WebSocket.
struct Frames<S> {
    socket: WebSocketStream<S>,
    /// Of the frame that came last, what was not read yet.
    came: Bytes,
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Frames<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        while self.came.is_empty() {
            match ready!(Pin::new(&mut self.socket).poll_next(context)) {
                Some(Ok(Message::Binary(bytes))) => self.came = bytes,
                // Answered by the protocol itself; whether a client lives is told by its packets.
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
                // Anything but binary frames ends the line (MQTT-6.0.0-1).
                Some(Ok(Message::Text(_))) => {
                    let words = "a text frame is no MQTT";
                    return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, words)));
                }
                Some(Ok(Message::Close(_))) | None => return Poll::Ready(Ok(())),
                Some(Err(cause)) => return Poll::Ready(Err(broken(cause))),
            }
        }
        let count = buffer.remaining().min(self.came.len());
        buffer.put_slice(self.came.get(..count).unwrap_or_default());
        self.came.advance(count);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Frames<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let mut socket = Pin::new(&mut self.socket);
        ready!(socket.as_mut().poll_ready(context)).map_err(broken)?;
        let frame = Message::Binary(Bytes::copy_from_slice(bytes));
        socket.start_send(frame).map_err(broken)?;
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.socket).poll_flush(context);
        flushed.map_err(broken)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let closed = Pin::new(&mut self.socket).poll_close(context);
        closed.map_err(broken)
    }
}

fn broken(cause: Error) -> io::Error {
    match cause {
        Error::Io(cause) => cause,
        other => io::Error::other(other),
    }
}
