using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Tests.Ledger.Operator.Docker;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace MicroCreds.Ledger.Tests.Deployment;

/// <summary>The Compose file of a gateway, its database and a server to sign on at, read without Docker.</summary>
public sealed partial class ComposeTests
{
    private static readonly string[] Names = ["gateway", "postgres", "sign-on"];

    [Fact]
    public void Services_AreHardened_HealthChecked_AndTheirLogsBounded()
    {
        Assert.Equal(
            Names, ((YamlMappingNode)DeployFiles.Compose["services"]).Children.Keys
                .Select(key => ((YamlScalarNode)key).Value!).Order(StringComparer.Ordinal));
        var hardened = (YamlMappingNode)DeployFiles.Compose["x-hardened"];
        Assert.Equal(["no-new-privileges:true"], hardened.List("security_opt"));
        Assert.Equal("16m", ((YamlMappingNode)((YamlMappingNode)hardened["logging"])["options"]).Scalar("max-size"));
        Assert.All(Names, name =>
        {
            var service = DeployFiles.Service(name);
            Assert.Same(hardened, service["<<"]);
            Assert.Equal("CMD", ((YamlMappingNode)service["healthcheck"]).List("test")[0]);
            Assert.All(service.List("ports"), port => Assert.StartsWith("127.0.0.1:", port, StringComparison.Ordinal));
        });
        var gateway = DeployFiles.Service("gateway");
        Assert.Equal("true", gateway.Scalar("read_only"));
        Assert.Equal(["ALL"], gateway.List("cap_drop"));
    }

    [Fact]
    public void Secrets_AreFilesThatPrepareMakesOrNames_AndNoneStandsInTheFile()
    {
        string prepare = DeployFiles.Read("compose/prepare.sh");
        foreach (string file in DeployFiles.Service("gateway").Environment().Values
            .Where(value => value.StartsWith("/run/secrets/", StringComparison.Ordinal)))
        {
            Assert.Contains(Path.GetFileName(file), prepare, StringComparison.Ordinal);
        }

        foreach (string variable in Interpolation().Matches(DeployFiles.Read("compose/compose.yaml"))
            .Select(match => match.Groups[1].Value).Except(DeployFiles.Images.Keys))
        {
            Assert.Contains($"\n{variable}=", prepare, StringComparison.Ordinal);
        }

        Assert.DoesNotMatch(@"(?i)password: \S", DeployFiles.Read("compose/compose.yaml"));
    }

    [Fact]
    public async Task Prepare_MakesWhatItCan_NamesTheRest_AndChangesNothingTheSecondTime()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "It is a POSIX shell's script.");
        Assert.SkipWhen(
            DeployFiles.FindProgram("openssl", "OPENSSL") is null, "There is no openssl, which prepare.sh calls.");
        var folder = Directory.CreateTempSubdirectory("compose-");
        try
        {
            string script = Path.Combine(folder.FullName, "prepare.sh");
            File.Copy(DeployFiles.PathOf("compose/prepare.sh"), script);
            var first = await RunningScript.RunAsync(script, ["--version", "1.2.3", "--registry", "registry.example/"]);
            Assert.Contains("Bring secrets/gateway/admin.key", first.Said, StringComparison.Ordinal);
            Assert.DoesNotContain("Ready:", first.Said, StringComparison.Ordinal);
            string[] before = Contents(folder);
            foreach (string name in (string[])["peer-tls-ca.crt", "user.crt", "user.key", "admin.crt", "admin.key"])
            {
                File.WriteAllText(Path.Combine(folder.FullName, "secrets", "gateway", name), "brought");
            }

            var second = await RunningScript.RunAsync(script, []);
            Assert.Equal(0, second.ExitCode);
            Assert.Contains("Ready:", second.Said, StringComparison.Ordinal);
            Assert.All(before, content => Assert.Contains(content, Contents(folder)));
            var settings = DeployFiles.ReadEnvironment(Path.Combine(folder.FullName, ".env"));
            Assert.Equal("1.2.3", settings["VERSION"]);
            Assert.Equal("registry.example/", settings["REGISTRY"]);
            Assert.Matches("^[1-9][0-9]*:[1-9][0-9]*$", settings["RUN_AS"]);
            string password = Path.Combine(folder.FullName, "secrets", "gateway", "database-password");
            if (!OperatingSystem.IsWindows())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(password));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Realm_HasTheClientTheRolesAndTheAudience_ThatTheGatewayIsTold()
    {
        var realm = JsonNode.Parse(DeployFiles.Read("compose/realm.json"))!;
        var gateway = DeployFiles.Service("gateway").Environment();
        var client = realm["clients"]!.AsArray().Single()!;
        Assert.Equal(gateway["MICROCREDS_OIDC_CLIENT_ID"], (string?)client["clientId"]);
        Assert.Equal(["${PUBLIC_URL}" + SignOn.CallbackPath], client["redirectUris"].Deserialize<string[]>()!);
        Assert.Equal("S256", (string?)client["attributes"]!["pkce.code.challenge.method"]);
        Assert.False((bool)client["directAccessGrantsEnabled"]!);
        string mappers = client["protocolMappers"]!.ToJsonString();
        Assert.Contains(gateway["MICROCREDS_OIDC_AUDIENCE"], mappers, StringComparison.Ordinal);
        var rules = RoleRule.Read(gateway["MICROCREDS_OIDC_ROLES"], []);
        string[] roles = [.. realm["roles"]!["realm"]!.AsArray().Select(role => (string)role!["name"]!)];
        Assert.Equal(4, rules.Count);
        Assert.All(rules, rule => Assert.Contains(rule.Value, roles));
        Assert.EndsWith(
            "/realms/" + (string?)realm["realm"],
            DeployFiles.ReadEnvironment(DeployFiles.PathOf("compose/prepare.sh"))["OIDC_AUTHORITY"],
            StringComparison.Ordinal);

        // Placeholders are filled in from its container's environment, where these stand.
        Assert.Contains("PUBLIC_URL", DeployFiles.Service("sign-on").Environment().Keys);
        Assert.Contains("CLIENT_SECRET=", DeployFiles.Read("compose/prepare.sh"), StringComparison.Ordinal);
    }

    private static string[] Contents(DirectoryInfo folder) =>
    [
        .. folder.GetFiles("*", SearchOption.AllDirectories)
            .Select(file => $"{file.FullName}: {File.ReadAllText(file.FullName)}"),
    ];

    [GeneratedRegex(@"(?<!\$)\$\{(\w+)")]
    private static partial Regex Interpolation();
}
