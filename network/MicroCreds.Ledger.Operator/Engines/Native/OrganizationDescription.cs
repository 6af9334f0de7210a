using System.Globalization;
using System.Text.Json.Nodes;
using Google.Protobuf;
using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Fabric.Protocol.Common;

namespace MicroCreds.Ledger.Operator.Engines.Native;

/// <summary>A member's part of the channel's configuration, made by configtxgen from its own folder.</summary>
/// <param name="binaries">Fabric's programs.</param>
/// <param name="files">Where the member's certificates lie.</param>
/// <param name="directory">Where the pieces are kept.</param>
internal sealed class OrganizationDescription(FabricBinaries binaries, NativeFiles files, string directory)
{
    private const string Application = "Application";

    /// <summary>Describes it in the JSON that configtxlator reads.</summary>
    public async Task<JsonObject> DescribeAsync(OrganizationSettings organization, CancellationToken cancellation)
    {
        Directory.CreateDirectory(directory);
        await File.WriteAllTextAsync(
            At("configtx.yaml"), "Organizations:\n" + ChannelProfile.PeerOrganization(organization, files),
            cancellation);
        string printed = await ConfigTranslator.RunAsync(
            binaries.Configtxgen, ["-configPath", directory, "-printOrg", organization.MspId], cancellation);
        var group = JsonNode.Parse(printed)!.AsObject();
        group["values"]!["AnchorPeers"] = AnchorPeers(organization);
        return group;
    }

    /// <summary>The same in Fabric's own bytes (common.ConfigGroup), which need no consortium around them.</summary>
    public async Task<byte[]> DescribeGroupAsync(
        OrganizationSettings organization, CancellationToken cancellation)
    {
        JsonObject Group(string name, JsonObject inner) => new() { ["groups"] = new JsonObject { [name] = inner } };
        var config = new JsonObject
        {
            ["channel_group"] = Group(
                Application, Group(organization.MspId, await DescribeAsync(organization, cancellation))),
        };
        string file = At("request.pb");
        await new ConfigTranslator(binaries).EncodeAsync("common.Config", config, file, cancellation);
        return InOrder(Config.Parser.ParseFrom(await File.ReadAllBytesAsync(file, cancellation))
            .ChannelGroup.Groups[Application].Groups[organization.MspId]).ToByteArray();
    }

    /// <summary>configtxlator writes maps in any order: described again, it must be the same bytes.</summary>
    private static ConfigGroup InOrder(ConfigGroup group)
    {
        var ordered = new ConfigGroup { Version = group.Version, ModPolicy = group.ModPolicy };
        foreach (var (name, value) in group.Values.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            ordered.Values[name] = value;
        }

        foreach (var (name, policy) in group.Policies.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            ordered.Policies[name] = policy;
        }

        return ordered;
    }

    private static JsonObject AnchorPeers(OrganizationSettings organization)
    {
        var (host, port) = NodeSettings.Split(organization.Peer);
        return new JsonObject
        {
            ["mod_policy"] = "Admins",
            ["value"] = new JsonObject
            {
                ["anchor_peers"] = new JsonArray(
                    new JsonObject { ["host"] = host, ["port"] = int.Parse(port, CultureInfo.InvariantCulture) }),
            },
            ["version"] = "0",
        };
    }

    private string At(string name) => Path.Combine(directory, name);
}
