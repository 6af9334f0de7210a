using System.Diagnostics;
using System.Text.RegularExpressions;

namespace MicroCreds.Ledger.Tests.Fabric.DevNetwork;

/// <summary>The embedded network as a process of its own, which a test may kill.</summary>
internal sealed partial class NetworkProcess : IAsyncDisposable
{

    private readonly Process _process;

    private NetworkProcess(Process process, string readyLine)
    {
        _process = process;
        ReadyLine = readyLine;
        OrdererEndpoint = Endpoint().Match(readyLine).Groups["endpoint"].Value;
    }

    public string ReadyLine { get; }

    public string OrdererEndpoint { get; }

    /// <summary>Starts a network and waits for its ready line; fails with what it printed when there is none.</summary>
    public static async Task<NetworkProcess> StartAsync(string consortium, string state, CancellationToken cancel)
    {
        var process = Launch(consortium, state);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        timeout.CancelAfter(EndToEnd.Until.Patience);
        string? line = await process.StandardOutput.ReadLineAsync(timeout.Token);
        return line is not null
            ? new NetworkProcess(process, line)
            : throw new InvalidOperationException(await process.StandardError.ReadToEndAsync(timeout.Token));
    }

    /// <summary>Runs a network that is expected to end by itself.</summary>
    public static async Task<(int ExitCode, string Error)> RunToEndAsync(
        string consortium, string state, CancellationToken cancel)
    {
        using var process = Launch(consortium, state);
        string error = await process.StandardError.ReadToEndAsync(cancel);
        await process.WaitForExitAsync(cancel);
        return (process.ExitCode, error);
    }

    /// <summary>SIGKILL: nothing is flushed, nobody is told.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM; returns the exit code.</summary>
    public async Task<int> TerminateAsync(CancellationToken cancel)
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        await _process.WaitForExitAsync(cancel);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private static Process Launch(string consortium, string state)
    {
        string program = typeof(MicroCreds.Fabric.DevNetwork.DevNetwork).Assembly.Location;
        var start = new ProcessStartInfo(
            Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet",
            [program, "--consortium", consortium, "--state", state])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }

    [GeneratedRegex("orderer (?<endpoint>[0-9.]+:[0-9]+)")]
    private static partial Regex Endpoint();
}
