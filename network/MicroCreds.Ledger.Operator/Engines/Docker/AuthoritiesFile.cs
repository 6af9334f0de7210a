using System.Text.Json;
using MicroCreds.Ledger.Operator.Engines.Native;
using MicroCreds.Ledger.Operator.Engines.Native.Authorities;

namespace MicroCreds.Ledger.Operator.Engines.Docker;

/// <summary>
/// The authorities' part of a network's Compose file: apart, because every key of the other part's services is theirs
/// to issue first.
/// </summary>
internal static class AuthoritiesFile
{
    /// <summary>Where a server listens in its container: on whatever address that gets.</summary>
    public const string Listen = "0.0.0.0";

    private const int Columns = 2;

    /// <summary>The whole file.</summary>
    /// <param name="servers">An organisation's server each.</param>
    /// <param name="user">Who owns their files on the host, by number.</param>
    public static string Write(IEnumerable<FabricCaServer> servers, string user)
    {
        var services = servers.Select(server => SettingsTemplate.Fill(
            "docker/compose.authority.yaml", new Dictionary<string, string>
            {
                ["service"] = server.Part,
                ["image"] = JsonSerializer.Serialize(FabricImages.Authority),
                ["user"] = JsonSerializer.Serialize(user),
                ["port"] = JsonSerializer.Serialize(ContainerView.Publish(server.Endpoint)),
                ["address"] = $"127.0.0.1/{NodeSettings.Split(server.Endpoint).Port}",
                ["home"] = ComposeFile.Text(server.Home),
            }));
        return SettingsTemplate.Fill("docker/compose.authorities.yaml", new Dictionary<string, string>
        {
            ["services"] = string.Join('\n', services.Select(service => SettingsTemplate.Indent(service, Columns))),
        });
    }
}
