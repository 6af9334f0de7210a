using System.Text.Json.Nodes;
using MicroCreds.Fabric.DevNetwork;

namespace MicroCreds.Ledger.Operator.Engines.Native;

/// <summary>A change of the channel's configuration: computed, signed by the members and submitted.</summary>
/// <param name="binaries">Fabric's programs.</param>
/// <param name="files">Where the network lies.</param>
/// <param name="consortium">The members as they are now.</param>
/// <param name="directory">Where the pieces of this change are kept.</param>
internal sealed class ChannelUpdate(
    FabricBinaries binaries, NativeFiles files, Consortium consortium, string directory)
{
    private const int ConfigUpdateType = 2;
    private const string ConfigMessage = "common.Config";

    private readonly ConfigTranslator _translator = new(binaries);

    /// <summary>The update as the members sign it.</summary>
    public string EnvelopeFile => At("update.pb");

    /// <summary>Fetches the channel's configuration as it is now.</summary>
    public async Task<JsonObject> FetchAsync(CancellationToken cancellation)
    {
        Directory.CreateDirectory(directory);
        await RunPeerAsync(
            consortium.OwnOrganizations().First(),
            ["channel", "fetch", "config", At("block.pb"), "-c", consortium.Channel],
            cancellation);
        var block = await _translator.DecodeAsync("common.Block", At("block.pb"), cancellation);
        return block["data"]!["data"]![0]!["payload"]!["data"]!["config"]!.AsObject();
    }

    /// <summary>Writes the difference of two configurations as an update to be signed.</summary>
    public async Task WriteAsync(JsonObject before, JsonObject after, CancellationToken cancellation)
    {
        await _translator.EncodeAsync(ConfigMessage, before, At("before.pb"), cancellation);
        await _translator.EncodeAsync(ConfigMessage, after, At("after.pb"), cancellation);
        await ConfigTranslator.RunAsync(
            binaries.Configtxlator,
            [
                "compute_update", "--channel_id", consortium.Channel, "--original", At("before.pb"),
                "--updated", At("after.pb"), "--output", At("difference.pb"),
            ],
            cancellation);
        var envelope = new JsonObject
        {
            ["payload"] = new JsonObject
            {
                ["header"] = new JsonObject
                {
                    ["channel_header"] = new JsonObject
                    {
                        ["channel_id"] = consortium.Channel,
                        ["type"] = ConfigUpdateType,
                    },
                },
                ["data"] = new JsonObject
                {
                    ["config_update"] = await _translator.DecodeAsync(
                        "common.ConfigUpdate", At("difference.pb"), cancellation),
                },
            },
        };
        await _translator.EncodeAsync("common.Envelope", envelope, EnvelopeFile, cancellation);
    }

    /// <summary>Adds a member's signature, by its own admin.</summary>
    public Task SignAsync(OrganizationSettings member, CancellationToken cancellation) =>
        new PeerCommand(binaries, files, member).RunAsync(
            ["channel", "signconfigtx", "-f", EnvelopeFile], cancellation);

    /// <summary>Submits the signed update; the submitter's own signature is added on the way.</summary>
    public Task SubmitAsync(OrganizationSettings member, CancellationToken cancellation) =>
        RunPeerAsync(member, ["channel", "update", "-f", EnvelopeFile, "-c", consortium.Channel], cancellation);

    /// <summary>Runs a command that talks to an orderer: the first that answers.</summary>
    public async Task RunPeerAsync(
        OrganizationSettings member, IEnumerable<string> arguments, CancellationToken cancellation)
    {
        var command = new PeerCommand(binaries, files, member);
        var faults = new List<string>();
        foreach (var (host, endpoint) in NativePorts.OrderersOf(consortium))
        {
            string ca = Path.Combine(files.OrdererNode(consortium.Orderer, host), "tls", "ca.crt");
            var (code, _, error) = await command.TryRunAsync(
                [.. arguments, "-o", endpoint, "--tls", "--cafile", ca], cancellation);
            if (code == 0)
            {
                return;
            }

            faults.Add($"{host}: {PeerCommand.LastWords(error)}");
        }

        throw new OperatorException(
            $"{member.MspId}: peer {string.Join(' ', arguments)} failed:\n{string.Join('\n', faults)}");
    }

    private string At(string name) => Path.Combine(directory, name);
}
