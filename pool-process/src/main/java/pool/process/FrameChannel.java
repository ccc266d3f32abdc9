package pool.process;

import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Frames over a socket: the length of the body, the kind, the body. One thread reads; any thread
 * may write.
 *
 * <p>The socket is non-blocking, and selectors do the waiting. An interrupt would close a blocking
 * socket, and so end the process at its other end.
 */
final class FrameChannel implements Closeable {

  static final int LARGEST = 256 << 20; // bytes of a body

  private static final int HEAD = 5;
  private static final int BUFFER = 1 << 16;
  private static final int SHORT = 1 << 8;
  private static final byte[] NOTHING = {};
  private static final long WRITE_CHECK_MILLIS = 100;

  /** A frame that was read. */
  record Frame(int kind, DataInputStream body) {}

  /** Called now and then while a write waits; throws to give up. */
  interface Check {
    void check() throws IOException;
  }

  private final SocketChannel socket;
  private final Selector readable;
  private final ByteBuffer in;
  private int kind;
  private int length = -1; // of the body that is being read; -1 between frames
  private byte[] body = NOTHING;
  private int filled; // bytes of the body so far
  private boolean isDrained; // the last read has emptied the socket

  private final ReentrantLock writing = new ReentrantLock();
  private final ByteBuffer out; // under the lock
  private volatile @Nullable Selector writable; // set under the lock, once a write had to wait

  /**
   * Makes a channel over a socket. From now on the channel owns the socket, even if this throws.
   *
   * @param socket a connected socket
   */
  FrameChannel(SocketChannel socket) throws IOException {
    this(socket, BUFFER);
  }

  /** Makes a channel that only needs small buffers. */
  static FrameChannel ofShortFrames(SocketChannel socket) throws IOException {
    return new FrameChannel(socket, SHORT);
  }

  private FrameChannel(SocketChannel socket, int buffer) throws IOException {
    this.socket = socket;
    Selector selector = null;
    try {
      this.in = ByteBuffer.allocateDirect(buffer).limit(0);
      this.out = ByteBuffer.allocateDirect(buffer);
      socket.configureBlocking(false);
      selector = Selector.open();
      socket.register(selector, SelectionKey.OP_READ);
    } catch (Throwable e) {
      try (socket;
          Selector _ = selector) {
        throw e;
      }
    }
    this.readable = selector;
  }

  /**
   * Returns the next frame, if it is complete after a wait of at most that many nanoseconds. Null
   * does not mean that the time is over: perhaps a part of a frame came, {@link #wakeUp} was
   * called, or the thread is interrupted.
   *
   * @throws EOFException when the other end is gone
   */
  @Nullable Frame read(long nanos) throws IOException {
    try {
      Frame frame = assemble();
      if (frame == null) {
        select(nanos);
        readable.selectedKeys().clear();
        isDrained = false;
        frame = assemble();
      }
      return frame;
    } catch (ClosedSelectorException | CancelledKeyException e) {
      throw new IOException("the channel was closed", e);
    }
  }

  private void select(long nanos) throws IOException {
    if (nanos == 0) {
      int _ = readable.selectNow();
    } else {
      long millis = Math.ceilDiv(nanos, TimeUnit.MILLISECONDS.toNanos(1));
      int _ = readable.select(nanos == Long.MAX_VALUE ? 0 : millis);
    }
  }

  /** Makes the reader return. Any thread may call it. */
  void wakeUp() {
    Selector _ = readable.wakeup();
  }

  private @Nullable Frame assemble() throws IOException {
    do {
      if (length < 0 && in.remaining() >= HEAD) {
        begin(in.getInt(), in.get());
      }
      if (length >= 0) {
        takeBody();
        if (filled == length) {
          length = -1;
          byte[] whole = body;
          body = NOTHING; // a long one is not kept until the next frame
          return new Frame(kind, new DataInputStream(new ByteArrayInputStream(whole, 0, filled)));
        }
      }
    } while (receive());
    return null;
  }

  private void begin(int claimed, byte itsKind) throws IOException {
    if (claimed < 0 || claimed > LARGEST) {
      throw new BadMessageException(
          "a message claims to have %d bytes, at most %d".formatted(claimed, LARGEST));
    }
    kind = itsKind & 0xff;
    length = claimed;
    filled = 0;
    body = new byte[Math.min(claimed, BUFFER)]; // grows only as bytes arrive
  }

  private void takeBody() {
    while (in.hasRemaining() && filled < length) {
      if (filled == body.length) {
        body = Arrays.copyOf(body, (int) Math.min(length, 2L * body.length));
      }
      int count = Math.min(in.remaining(), body.length - filled);
      in.get(body, filled, count);
      filled += count;
    }
  }

  /**
   * Receives bytes, and returns whether there were any. Reads in vain at most once; then the
   * selector reports more.
   */
  private boolean receive() throws IOException {
    if (isDrained) {
      return false;
    }
    in.compact();
    try {
      int count = socket.read(in);
      if (count < 0) {
        throw new EOFException("the other end is gone");
      }
      isDrained = in.hasRemaining();
      return count > 0;
    } finally {
      in.flip();
    }
  }

  /** Throws when a body is too long to be written. */
  static void requireFits(int bytes) throws IOException {
    if (bytes > LARGEST) {
      throw new IOException(
          "a message of %d bytes is too long, at most %d".formatted(bytes, LARGEST));
    }
  }

  /**
   * Writes a frame, however long that takes, unless the check throws. Then a part of the frame may
   * have been written, and the channel is of no further use.
   */
  void write(int itsKind, byte[] bytes, Check check) throws IOException {
    requireFits(bytes.length);
    writing.lock();
    try {
      out.clear().putInt(bytes.length).put((byte) itsKind);
      int begin = 0;
      do { // normally once: two parts would wake the reader twice
        int count = Math.min(out.remaining(), bytes.length - begin);
        send(out.put(bytes, begin, count).flip(), check);
        out.clear();
        begin += count;
      } while (begin < bytes.length);
    } catch (ClosedSelectorException | CancelledKeyException e) {
      throw new IOException("the channel was closed", e);
    } finally {
      writing.unlock();
    }
  }

  private void send(ByteBuffer what, Check check) throws IOException {
    while (what.hasRemaining()) {
      if (socket.write(what) == 0) {
        awaitRoom();
        check.check();
      }
    }
  }

  private void awaitRoom() throws IOException {
    Selector known = writable;
    if (known == null) {
      known = Selector.open();
      writable = known;
      socket.register(known, SelectionKey.OP_WRITE);
    }
    boolean interrupted = Thread.interrupted(); // otherwise the selector would not wait
    try {
      int _ = known.select(WRITE_CHECK_MILLIS);
      known.selectedKeys().clear();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() throws IOException {
    try (socket;
        readable) {
      Selector other = writable;
      if (other != null) {
        other.close();
      }
    }
  }
}
