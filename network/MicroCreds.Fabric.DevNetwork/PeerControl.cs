using System.IO.Pipes;
using System.Security.Cryptography;
using System.Text;

namespace MicroCreds.Fabric.DevNetwork;

/// <summary>
/// Lets another process of the same user stop and start the peers of a network that runs here. One request at a time:
/// a line "stop NAME" or "start NAME", answered by an empty line or by what went wrong.
/// </summary>
internal sealed partial class PeerControl : IAsyncDisposable
{
    private const int MaxConnectMilliseconds = 3000;

    /// <summary>How long who connects may take to say what it wants; whoever comes next waits no longer.</summary>
    private static readonly TimeSpan MaxSilence = TimeSpan.FromSeconds(2);

    /// <summary>How long the network may take to carry it out.</summary>
    private static readonly TimeSpan MaxAnswer = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _stopping = new();
    private readonly DevNetwork _network;
    private readonly TimeSpan _maxSilence;
    private readonly ILogger _logger;
    private readonly NamedPipeServerStream _pipe;
    private readonly Task _serving;

    private PeerControl(DevNetwork network, TimeSpan maxSilence)
    {
        (_network, _maxSilence) = (network, maxSilence);
        _logger = network.Parts.Logging.CreateLogger<PeerControl>();
        _pipe = new NamedPipeServerStream(
            PipeOf(network.StateDirectory), PipeDirection.InOut, maxNumberOfServerInstances: 1,
            PipeTransmissionMode.Byte, PipeOptions.Asynchronous | PipeOptions.CurrentUserOnly);
        _serving = ServeAsync();
    }

    /// <summary>Takes requests until disposed.</summary>
    /// <param name="network">The network.</param>
    /// <param name="maxSilence">How long who connects may take to say what it wants. Default is 2 s.</param>
    /// <exception cref="IOException">The pipe cannot be made.</exception>
    public static PeerControl Listen(DevNetwork network, TimeSpan? maxSilence = null) =>
        new(network, maxSilence ?? MaxSilence);

    /// <summary>Has the network of a state directory carry out a request.</summary>
    /// <exception cref="DevNetworkException">No network runs on it, it refused, or it did not answer.</exception>
    public static async Task AskAsync(string stateDirectory, string request)
    {
        await using var pipe = Dial(stateDirectory);
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

        using var patience = new CancellationTokenSource(MaxAnswer);
        string? answer;
        try
        {
            await pipe.WriteAsync(Encoding.UTF8.GetBytes(request + '\n'), patience.Token).ConfigureAwait(false);
            using var reader = new StreamReader(pipe, Encoding.UTF8, leaveOpen: true);
            answer = await reader.ReadLineAsync(patience.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            throw new DevNetworkException(
                $"The network did not answer within {MaxAnswer.TotalSeconds} s, or ended: look at what it logs, and at "
                    + "whether the peer runs.",
                exception);
        }

        if (answer is not "")
        {
            throw new DevNetworkException(answer ?? "The network ended before it answered.");
        }
    }

    /// <summary>Makes the other end of the pipe, not connected yet.</summary>
    internal static NamedPipeClientStream Dial(string stateDirectory) =>
        new(".", PipeOf(stateDirectory), PipeDirection.InOut, PipeOptions.Asynchronous | PipeOptions.CurrentUserOnly);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _serving.ConfigureAwait(false);
        await _pipe.DisposeAsync().ConfigureAwait(false);
        _stopping.Dispose();
    }

    /// <summary>
    /// The pipe's name is short whatever the directory's is: some systems allow no long ones. Where pipes are files, it
    /// is one that does not hang on a process's TMPDIR, so that both find the same.
    /// </summary>
    private static string PipeOf(string stateDirectory)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(stateDirectory));
        string name = "microcreds-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(full)))[..16];
        return OperatingSystem.IsWindows() ? name : $"/tmp/{name}";
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
                catch (Exception exception) when (!_stopping.IsCancellationRequested)
                {
                    // Whoever asked has gone, or says nothing: others shall be answered all the same.
                    LogUnanswered(_logger, exception);
                }

                _pipe.Disconnect();
            }
        }
        catch (OperationCanceledException)
        {
            // The network is stopping.
        }
        catch (Exception exception)
        {
            LogEnded(_logger, exception);
        }
    }

    private async Task AnswerAsync()
    {
        using var reader = new StreamReader(_pipe, Encoding.UTF8, leaveOpen: true);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        patience.CancelAfter(_maxSilence);
        string request = await reader.ReadLineAsync(patience.Token).ConfigureAwait(false) ?? "";
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
        catch (Exception refused) when (!_stopping.IsCancellationRequested)
        {
            // Whatever it is, who asked is told: a port that is taken, key files that are gone.
            answer = refused.Message.ReplaceLineEndings(" ");
        }

        await _pipe.WriteAsync(Encoding.UTF8.GetBytes(answer + '\n'), _stopping.Token).ConfigureAwait(false);
    }

    [LoggerMessage(LogLevel.Warning, "A request to stop or start a peer could not be answered.")]
    private static partial void LogUnanswered(ILogger logger, Exception exception);

    [LoggerMessage(LogLevel.Error, "Peers can no longer be stopped and started by command.")]
    private static partial void LogEnded(ILogger logger, Exception exception);
}
