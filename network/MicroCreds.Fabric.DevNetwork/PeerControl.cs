using System.IO.Pipes;
using System.Security.Cryptography;
using System.Text;

namespace MicroCreds.Fabric.DevNetwork;

/// <summary>
/// Lets another process of the same user stop and start the peers of a network that runs here. One request at a time:
/// a line "stop NAME" or "start NAME", answered by an empty line or by what went wrong.
/// </summary>
internal sealed class PeerControl : IAsyncDisposable
{
    private const int MaxConnectMilliseconds = 3000;

    private readonly CancellationTokenSource _stopping = new();
    private readonly DevNetwork _network;
    private readonly NamedPipeServerStream _pipe;
    private readonly Task _serving;

    private PeerControl(DevNetwork network)
    {
        _network = network;
        _pipe = new NamedPipeServerStream(
            PipeOf(network.StateDirectory), PipeDirection.InOut, maxNumberOfServerInstances: 1,
            PipeTransmissionMode.Byte, PipeOptions.Asynchronous | PipeOptions.CurrentUserOnly);
        _serving = ServeAsync();
    }

    /// <summary>Takes requests until disposed.</summary>
    /// <exception cref="IOException">The pipe cannot be made.</exception>
    public static PeerControl Listen(DevNetwork network) => new(network);

    /// <summary>Has the network of a state directory carry out a request.</summary>
    /// <exception cref="DevNetworkException">No network runs on it, or it refused.</exception>
    public static async Task AskAsync(string stateDirectory, string request)
    {
        await using var pipe = new NamedPipeClientStream(
            ".", PipeOf(stateDirectory), PipeDirection.InOut, PipeOptions.Asynchronous | PipeOptions.CurrentUserOnly);
        try
        {
            await pipe.ConnectAsync(MaxConnectMilliseconds).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is TimeoutException or IOException or UnauthorizedAccessException)
        {
            throw new DevNetworkException(
                $"No network answers for {Path.GetFullPath(stateDirectory)}: {exception.Message} Start it first, as "
                    + "the same user, with this directory as its --state.",
                exception);
        }

        await pipe.WriteAsync(Encoding.UTF8.GetBytes(request + '\n')).ConfigureAwait(false);
        using var reader = new StreamReader(pipe, Encoding.UTF8);
        string? answer = await reader.ReadLineAsync().ConfigureAwait(false);
        if (answer is not "")
        {
            throw new DevNetworkException(answer ?? "The network ended before it answered.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _serving.ConfigureAwait(false);
        await _pipe.DisposeAsync().ConfigureAwait(false);
        _stopping.Dispose();
    }

    /// <summary>The pipe's name is short whatever the directory's is: some systems allow no long ones.</summary>
    private static string PipeOf(string stateDirectory)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(stateDirectory));
        return "microcreds-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(full)))[..16];
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                await _pipe.WaitForConnectionAsync(_stopping.Token).ConfigureAwait(false);
                try
                {
                    await AnswerAsync().ConfigureAwait(false);
                }
                catch (IOException)
                {
                    // Whoever asked has gone.
                }

                _pipe.Disconnect();
            }
        }
        catch (OperationCanceledException)
        {
            // The network is stopping.
        }
    }

    private async Task AnswerAsync()
    {
        using var reader = new StreamReader(_pipe, Encoding.UTF8, leaveOpen: true);
        string request = await reader.ReadLineAsync(_stopping.Token).ConfigureAwait(false) ?? "";
        string answer = "";
        try
        {
            string[] words = request.Split(' ', 2);
            await (words switch
            {
                ["stop", var name] => _network.StopPeerAsync(name),
                ["start", var name] => _network.StartPeerAsync(name, _stopping.Token),
                _ => throw new DevNetworkException($"'{request}' is neither stop nor start with a peer's name."),
            }).ConfigureAwait(false);
        }
        catch (DevNetworkException refused)
        {
            answer = refused.Message.ReplaceLineEndings(" ");
        }

        await _pipe.WriteAsync(Encoding.UTF8.GetBytes(answer + '\n'), _stopping.Token).ConfigureAwait(false);
    }
}
