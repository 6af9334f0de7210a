using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using MicroCreds.Fabric.DevNetwork;

namespace MicroCreds.Ledger.Operator.Engines.Docker;

/// <summary>
/// The keys that our own containers are given, each its own and no others, in directories that only their user may
/// read.
/// </summary>
internal sealed class ContainerSecrets(string state, DockerFiles docker)
{
    /// <summary>A gateway's file with what is secret of its settings.</summary>
    public const string GatewaySettings = "gateway.json";

    // The user of the official .NET images, for a host whose own user is root.
    private const int ImageUser = 1654;

    /// <summary>
    /// Who runs our programs inside: the caller, whose files they read, or the image's user if that is root.
    /// </summary>
    public static async Task<int> UserAsync(CancellationToken cancellation)
    {
        string id = await DockerCommand.RunSuccessfullyAsync(["id", "-u"], cancellation);
        int user = int.Parse(id, CultureInfo.InvariantCulture);
        return user == 0 ? ImageUser : user;
    }

    /// <summary>Writes an institution's secrets anew.</summary>
    public async Task WriteAsync(
        OrganizationSettings organization, ChaincodeSettings contract, string apiKey, int user,
        CancellationToken cancellation)
    {
        var files = new OrganizationFiles(state, organization.Domain);
        string contractSecrets = docker.Secrets(InstitutionParts.Chaincode(organization));
        foreach (string name in (string[])["server.key", "server.crt", "ca.crt"])
        {
            Copy(files.ForChaincode(contract.Name, name), contractSecrets, name);
        }

        string gatewaySecrets = docker.Secrets(InstitutionParts.Gateway(organization));
        Copy(files.PeerTlsCa, gatewaySecrets, "peer-tls-ca.crt");
        foreach (var (user1, name) in (ReadOnlySpan<(string, string)>)[("User1", "user"), ("Admin", "admin")])
        {
            Copy(files.CertificateOf(user1), gatewaySecrets, $"{name}.crt");
            Copy(files.KeyOf(user1), gatewaySecrets, $"{name}.key");
        }

        var settings = new JsonObject { ["MicroCreds"] = new JsonObject { ["ApiKey"] = apiKey } };
        SecretFile.Write(
            Path.Combine(gatewaySecrets, GatewaySettings), JsonSerializer.SerializeToUtf8Bytes(settings));
        if (Environment.IsPrivilegedProcess)
        {
            string owner = user.ToString(CultureInfo.InvariantCulture);
            await DockerCommand.RunSuccessfullyAsync(
                ["chown", "-R", owner, contractSecrets, gatewaySecrets], cancellation);
        }
    }

    private static void Copy(string source, string directory, string name) =>
        SecretFile.Write(Path.Combine(directory, name), File.ReadAllBytes(source));
}
