using System.Text.RegularExpressions;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Tests.Ledger.Operator.Docker;
using MicroCreds.Ledger.Tests.Tidy;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace MicroCreds.Ledger.Tests.Deployment;

/// <summary>What deploy files and documents call a setting is one, and every setting is documented.</summary>
public sealed partial class SettingsTests : IDisposable
{
    private const string Manual = "gateway/docs/configuration.md";

    /// <summary>What is not the gateway's: the command line's address, and what others' programs are told.</summary>
    private static readonly string[] OfTheCommandLine = ["MICROCREDS_GATEWAY"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("settings-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Names_InDeployFilesAndDocuments_AreSettings()
    {
        var known = OptionsReader.Known.Select(Bare).ToHashSet();
        string[] strangers =
        [
            .. Repository.FilesEndingWith(".md", ".yaml", ".yml", ".env", ".service", ".tpl", ".json", ".Dockerfile")
                .SelectMany(file => Variable().Matches(File.ReadAllText(Path.Combine(Repository.Root, file)))
                    .Select(match => match.Value).Except(OfTheCommandLine)
                    .Where(name => !known.Contains(Bare(name[OptionsReader.EnvironmentPrefix.Length..])))
                    .Select(name => $"{file}: {name}")),
        ];
        Assert.True(strangers.Length == 0, string.Join('\n', strangers));
    }

    [Fact]
    public void Settings_AreAllInTheManual()
    {
        string manual = File.ReadAllText(Path.Combine(Repository.Root, Manual));
        var documented = Variable().Matches(manual)
            .Select(match => Bare(match.Value[OptionsReader.EnvironmentPrefix.Length..])).ToHashSet();
        string[] absent = [.. OptionsReader.Known.Where(name => !documented.Contains(Bare(name)))];
        Assert.True(absent.Length == 0, $"{Manual} lacks: {string.Join(", ", absent)}");
    }

    [Fact]
    public void Compose_GatewaysSettings_AreTaken()
    {
        var inputs = new Dictionary<string, string>
        {
            ["MSP_ID"] = "AuroraMSP",
            ["PEER_ENDPOINT"] = "peer0.aurora.example:7051",
            ["PUBLIC_URL"] = "http://127.0.0.1:5101",
            ["OIDC_AUTHORITY"] = "https://sign-on.localhost:8443/realms/institution",
        };
        var options = Take(DeployFiles.Service("gateway").Environment().ToDictionary(
            one => one.Key,
            one => Interpolation().Replace(one.Value, match =>
                inputs.GetValueOrDefault(match.Groups[1].Value, match.Groups[2].Value.TrimStart('-', ':', '?')))));
        Assert.Equal("http://0.0.0.0:9101", options.OperationsListen);
        Assert.Equal(4, options.SignOn!.Rules.Count);
        Assert.NotNull(options.DatabasePasswordFile);
    }

    [Fact]
    public void Systemd_GatewaysSettings_AreTaken()
    {
        var unit = DeployFiles.Assignments(File.ReadAllLines(DeployFiles.PathOf("systemd/microcreds-gateway.service"))
            .Where(line => line.StartsWith("Environment=", StringComparison.Ordinal))
            .Select(line => line["Environment=".Length..]));
        var file = DeployFiles.ReadEnvironment(DeployFiles.PathOf("systemd/gateway.env"));
        Assert.Empty(unit.Keys.Intersect(file.Keys));
        var options = Take(unit.Concat(file).ToDictionary());
        Assert.Equal("https://credentials.aurora.example", options.PublicUrl);
        Assert.StartsWith("Host=db.aurora.example", options.Database, StringComparison.Ordinal);
    }

    /// <summary>What a container of the chart is given, as the gateway's reader takes it.</summary>
    internal static GatewayServiceOptions Take(IReadOnlyDictionary<string, string> environment, string folder)
    {
        var configuration = new ConfigurationManager();
        var settings = new Dictionary<string, string?>();
        foreach (var (name, value) in environment.Where(one =>
            one.Key.StartsWith(OptionsReader.EnvironmentPrefix, StringComparison.Ordinal)))
        {
            string setting = name[OptionsReader.EnvironmentPrefix.Length..];
            settings[$"{OptionsReader.Section}:{Bare(setting)}"] = setting switch
            {
                "DATA_DIRECTORY" => Path.Combine(folder, "data"),
                _ when value.StartsWith('/') || value.StartsWith("%d/", StringComparison.Ordinal) =>
                    FileOf(value, folder),
                _ => value,
            };
        }

        configuration.AddInMemoryCollection(settings);
        return OptionsReader.Read(configuration, []);
    }

    private GatewayServiceOptions Take(IReadOnlyDictionary<string, string> environment) =>
        Take(environment, _folder.FullName);

    // A file that the machine would have, so that the reader does not miss it.
    private static string FileOf(string path, string folder)
    {
        string file = Path.Combine(folder, Path.GetFileName(path));
        File.WriteAllText(file, "of the test");
        return file;
    }

    private static string Bare(string name) => name.Replace("_", "", StringComparison.Ordinal).ToUpperInvariant();

    [GeneratedRegex(@"\bMICROCREDS_[A-Z][A-Z0-9_]*[A-Z0-9]\b")]
    private static partial Regex Variable();

    [GeneratedRegex(@"\$\{(\w+)([^}]*)\}")]
    private static partial Regex Interpolation();
}
