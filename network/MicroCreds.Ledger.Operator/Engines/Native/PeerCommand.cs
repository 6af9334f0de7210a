using System.Diagnostics;
using System.Text.Json.Nodes;
using MicroCreds.Fabric.DevNetwork;

namespace MicroCreds.Ledger.Operator.Engines.Native;

/// <summary>Runs Fabric's <c>peer</c> command as an organisation's admin, against its own peer.</summary>
internal sealed class PeerCommand(FabricBinaries binaries, NativeFiles files, OrganizationSettings organization)
{
    private const int MaxTold = 2000;
    private const string Usage = "\nUsage:\n";

    /// <summary>Runs it and returns what it printed.</summary>
    /// <exception cref="OperatorException">It failed; the message has the command and its last words.</exception>
    public async Task<string> RunAsync(IEnumerable<string> arguments, CancellationToken cancellation)
    {
        var (code, output, error) = await TryRunAsync(arguments, cancellation);
        return code == 0 ? output : throw new OperatorException(
            $"{organization.MspId}: peer {string.Join(' ', arguments)} failed:\n"
            + LastWords(error.Trim().Length > 0 ? error : output));
    }

    /// <summary>Runs it and returns its exit code and what it printed.</summary>
    public async Task<(int Code, string Output, string Error)> TryRunAsync(
        IEnumerable<string> arguments, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(binaries.Peer, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["FABRIC_CFG_PATH"] = files.PeerSettings(organization),
                ["FABRIC_LOGGING_SPEC"] = "error",
                ["CORE_PEER_MSPCONFIGPATH"] = files.AdminMsp(organization),
            },
        };
        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellation);
            var error = process.StandardError.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            return (process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
    }

    /// <summary>Asks how many blocks of a channel the peer has; null if it does not say.</summary>
    public async Task<ulong?> TryReadHeightAsync(string channel, CancellationToken cancellation)
    {
        var (code, output, _) = await TryRunAsync(["channel", "getinfo", "-c", channel], cancellation);
        int begin = output.IndexOf('{', StringComparison.Ordinal);
        return code == 0 && begin >= 0 ? (ulong?)JsonNode.Parse(output[begin..])?["height"] : null;
    }

    /// <summary>What of a command's error is about the fault: the program adds how it is used in general.</summary>
    public static string LastWords(string said)
    {
        int usage = said.IndexOf(Usage, StringComparison.Ordinal);
        string told = (usage >= 0 ? said[..usage] : said).Trim();
        return told.Length > MaxTold ? "…" + told[^MaxTold..] : told;
    }
}
