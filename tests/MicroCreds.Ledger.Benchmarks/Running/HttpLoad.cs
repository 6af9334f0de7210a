using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MicroCreds.Ledger.Benchmarks.Running;

/// <summary>
/// Posts the same requests over and over on kept connections, with as little work of its own as a load generator can
/// have: a whole HTTP client would weigh as much as the server that is measured beside it.
/// </summary>
internal sealed class HttpLoad : IDisposable
{
    private const int BufferBytes = 256 * 1024;

    private readonly List<Lane> _lanes = [];
    private readonly byte[][] _requests;
    private readonly byte[] _expected;

    /// <summary>Prepares the requests.</summary>
    /// <param name="url">The server.</param>
    /// <param name="path">Where to post.</param>
    /// <param name="bodies">What to post, in turn.</param>
    /// <param name="connections">How many requests are in flight.</param>
    /// <param name="expected">What every answer must contain; one of another status than 200 need not, if it is
    /// empty.</param>
    /// <param name="client">Which client a trusted proxy says that it asks for. Default is none.</param>
    public HttpLoad(
        string url, string path, IEnumerable<string> bodies, int connections, string expected, string? client = null)
    {
        var server = new Uri(url);
        _requests = [.. bodies.Select(body => RequestOf(server, path, body, client))];
        _expected = Encoding.UTF8.GetBytes(expected);
        for (int i = 0; i < connections; i++)
        {
            _lanes.Add(new Lane(new IPEndPoint(IPAddress.Parse(server.Host), server.Port)));
        }
    }

    /// <exception cref="BenchmarkException">An answer was not the expected one; it is told.</exception>
    public Task<LoopResult> RunAsync(int calls) => ClosedLoop.RunAsync(calls, _lanes.Count, async (n, lane) =>
    {
        var answer = await _lanes[lane].SendAsync(_requests[n % _requests.Length]);
        if (_expected.Length > 0
            && (!answer.Span.StartsWith("HTTP/1.1 200"u8) || answer.Span.IndexOf(_expected) < 0))
        {
            throw new BenchmarkException($"Not the expected answer:\n{Encoding.UTF8.GetString(answer.Span)}");
        }
    });

    public void Dispose() => _lanes.ForEach(lane => lane.Dispose());

    private static byte[] RequestOf(Uri server, string path, string body, string? client) => Encoding.UTF8.GetBytes(
        $"POST {path} HTTP/1.1\r\nHost: {server.Authority}\r\nContent-Type: application/json\r\n"
        + (client is null ? "" : $"X-Forwarded-For: {client}\r\n")
        + $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");

    private sealed class Lane : IDisposable
    {
        private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        private readonly byte[] _buffer = new byte[BufferBytes];

        public Lane(IPEndPoint server) => _socket.Connect(server);

        public async Task<ReadOnlyMemory<byte>> SendAsync(byte[] request)
        {
            await _socket.SendAsync(request);
            for (int length = 0; ;)
            {
                int read = await _socket.ReceiveAsync(_buffer.AsMemory(length));
                length += read;
                if (IsWhole(_buffer.AsSpan(0, length)))
                {
                    return _buffer.AsMemory(0, length);
                }

                if (read == 0 || length == _buffer.Length)
                {
                    throw new BenchmarkException(
                        $"The connection ended within an answer:\n{Encoding.UTF8.GetString(_buffer, 0, length)}");
                }
            }
        }

        public void Dispose() => _socket.Dispose();

        /// <summary>Either as long as its header says, or in chunks of which the last is there.</summary>
        private static bool IsWhole(ReadOnlySpan<byte> answer)
        {
            int end = answer.IndexOf("\r\n\r\n"u8);
            if (end < 0)
            {
                return false;
            }

            int field = answer[..end].IndexOf("Content-Length: "u8);
            return field >= 0 && Utf8Parser.TryParse(answer[(field + 16)..], out int length, out _)
                ? answer.Length >= end + 4 + length
                : answer.EndsWith("\r\n0\r\n\r\n"u8);
        }
    }
}
