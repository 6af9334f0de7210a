using System.Diagnostics;
using System.Text.Json.Nodes;

namespace MicroCreds.Ledger.Operator.Engines.Native;

/// <summary>Fabric's configtxlator: between a configuration's bytes and JSON that can be read and changed.</summary>
internal sealed class ConfigTranslator(FabricBinaries binaries)
{
    /// <summary>Reads a file of the given message; its JSON stays beside it.</summary>
    public async Task<JsonObject> DecodeAsync(string message, string file, CancellationToken cancellation)
    {
        string json = Path.ChangeExtension(file, ".json");
        await RunAsync(
            binaries.Configtxlator, ["proto_decode", "--type", message, "--input", file, "--output", json],
            cancellation);
        return JsonNode.Parse(await File.ReadAllBytesAsync(json, cancellation))!.AsObject();
    }

    /// <summary>Writes a file of the given message; its JSON stays beside it.</summary>
    public async Task EncodeAsync(string message, JsonObject content, string file, CancellationToken cancellation)
    {
        string json = Path.ChangeExtension(file, ".json");
        await File.WriteAllTextAsync(json, content.ToJsonString(), cancellation);
        await RunAsync(
            binaries.Configtxlator, ["proto_encode", "--type", message, "--input", json, "--output", file],
            cancellation);
    }

    /// <summary>Runs one of Fabric's programs; returns what it printed.</summary>
    /// <exception cref="OperatorException">It failed; its last words are told.</exception>
    public static async Task<string> RunAsync(
        string program, IEnumerable<string> arguments, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(cancellation);
        var error = process.StandardError.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return process.ExitCode == 0 ? await output : throw new OperatorException(
            $"{Path.GetFileName(program)} {string.Join(' ', arguments)} failed:\n{(await error).Trim()}");
    }
}
