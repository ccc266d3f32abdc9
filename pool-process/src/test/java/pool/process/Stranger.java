package pool.process;

import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** Started in the place of a child: calls as nobody should, and then lets the child call. */
public final class Stranger {

  private Stranger() {}

  /** What to do, and the command of the child. */
  public static void main(String[] arguments) throws Exception {
    byte[] told = System.in.readAllBytes();
    byte[] token = HexFormat.of().parseHex(new String(told, StandardCharsets.US_ASCII).strip());
    Path address = Path.of(arguments[arguments.length - 1]).resolve("s");
    switch (arguments[0]) {
      case "knocks" -> knock(address, token);
      case "is-old" -> hold(List.of(hello(address, Message.VERSION + 1, token)));
      case "lies" -> lie(hello(address, token), hello(address, token));
      case "looks" -> look(address);
      default -> throw new IllegalArgumentException(arguments[0]);
    }
    List<String> child = Arrays.asList(arguments).subList(1, arguments.length);
    Process process =
        new ProcessBuilder(child)
            .redirectOutput(ProcessBuilder.Redirect.INHERIT)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (OutputStream in = process.getOutputStream()) {
      in.write(told);
    }
    System.exit(process.waitFor());
  }

  private static SocketChannel call(Path address) throws IOException {
    SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX);
    boolean _ = socket.connect(UnixDomainSocketAddress.of(address));
    return socket;
  }

  private static SocketChannel hello(Path address, byte[] token) throws IOException {
    return hello(address, Message.VERSION, token);
  }

  private static SocketChannel hello(Path address, int version, byte[] token) throws IOException {
    SocketChannel socket = call(address);
    ByteBuffer hello = ByteBuffer.allocate(13 + token.length).putInt(8 + token.length);
    hello.put((byte) Message.HELLO).putInt(version).putInt(token.length).put(token).flip();
    write(socket, hello);
    return socket;
  }

  private static void write(SocketChannel socket, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      int _ = socket.write(bytes);
    }
  }

  /** With a wrong token, with none, with nonsense, with a length that is a lie; and hangs up. */
  private static void knock(Path address, byte[] token) throws IOException {
    byte[] wrong = token.clone();
    wrong[0] ^= 1;
    hello(address, wrong).close();
    hello(address, new byte[0]).close();
    call(address).close();
    List<SocketChannel> held = new ArrayList<>();
    for (int length : List.of(-1, Integer.MAX_VALUE, FrameChannel.LARGEST + 1)) {
      SocketChannel socket = call(address);
      write(socket, ByteBuffer.allocate(5).putInt(length).put((byte) Message.HELLO).flip());
      held.add(socket);
    }
    SocketChannel nonsense = call(address);
    write(nonsense, ByteBuffer.wrap("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
    held.add(nonsense);
    for (SocketChannel socket : held) {
      socket.close();
    }
  }

  /** Answers the first request with a frame that claims to be very long, and waits. */
  private static void lie(SocketChannel channel, SocketChannel stops) throws Exception {
    int _ = channel.read(ByteBuffer.allocate(1));
    write(channel, ByteBuffer.allocate(5).putInt(Integer.MAX_VALUE).put((byte) 30).flip());
    hold(List.of(channel, stops));
  }

  private static void hold(List<SocketChannel> sockets) throws Exception {
    System.out.println(sockets.size() + " are held");
    Thread.sleep(60_000);
  }

  /** Whether another user gets at the socket; prints what it finds. */
  private static void look(Path address) throws Exception {
    Path folder = address.getParent();
    System.out.println(
        "permissions " + PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)));
    if (Files.getAttribute(folder, "unix:uid").equals(0)) { // root may be somebody else
      for (String user : List.of("0", "65534")) {
        List<String> as = List.of("setpriv", "--reuid", user, "--clear-groups");
        List<String> command = new ArrayList<>(as);
        command.addAll(List.of("test", "-S", address.toString()));
        int status = new ProcessBuilder(command).start().waitFor();
        System.out.println("user " + user + (status == 0 ? " sees it" : " sees nothing"));
      }
    }
  }
}
