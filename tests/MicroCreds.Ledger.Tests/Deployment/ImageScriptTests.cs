using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Tests.Tidy;
using Xunit;

namespace MicroCreds.Ledger.Tests.Deployment;

/// <summary>scripts/images.sh makes and publishes both images, on a base from a registry of the test's own.</summary>
public sealed class ImageScriptTests : IAsyncLifetime
{
    private const string Tag = "of-the-test";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("images-");
    private PlayedRegistry _registry = null!;

    private static string BaseTag => DeployFiles.Images["BASE_IMAGE"].Split(':')[1];

    private static string[] Names => [DeployFiles.Images["GATEWAY_IMAGE"], DeployFiles.Images["CONTRACT_IMAGE"]];

    public async ValueTask InitializeAsync() => _registry = await PlayedRegistry.StartAsync(BaseTag);

    public async ValueTask DisposeAsync()
    {
        await _registry.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Archives_RunAsNobody_SayWhatTheyAreOf_AndHoldTheirBillOfMaterials()
    {
        var (code, said) = await RunAsync();
        Assert.True(code == 0, said);
        foreach (string name in Names)
        {
            var files = await ReadArchiveAsync(Path.Combine(_folder.FullName, $"{name}.tar"));
            var index = JsonNode.Parse(files["index.json"])!["manifests"]!.AsArray().Single()!;
            Assert.Equal(Tag, (string?)index["annotations"]!["org.opencontainers.image.ref.name"]);
            Assert.Contains((string)index["digest"]!, said, StringComparison.Ordinal);
            byte[] Blob(string digest) => files["blobs/" + digest.Replace(':', '/')];
            CheckImage(JsonNode.Parse(Blob((string)index["digest"]!))!, Blob, name);
        }

        string bill = await File.ReadAllTextAsync(
            Path.Combine(_folder.FullName, $"{Names[0]}.cdx.json"), TestContext.Current.CancellationToken);
        Assert.Contains("pkg:nuget/Npgsql@", bill, StringComparison.Ordinal);
        Assert.DoesNotContain(Repository.Root, bill, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Push_PublishesBoth_ButNothingOfATreeThatWasChanged()
    {
        var (code, said) = await RunAsync("--push", $"{_registry.Name}/credentials");
        if (await IsChangedAsync())
        {
            Assert.Equal(1, code);
            Assert.Contains("Nothing is pushed that cannot be found again", said, StringComparison.Ordinal);
            Assert.All(Names, name => Assert.Null(_registry.Manifest($"credentials/{name}", Tag)));
            return;
        }

        Assert.True(code == 0, said);
        Assert.All(Names, name => CheckImage(_registry.Manifest($"credentials/{name}", Tag)!, _registry.Blob, name));
    }

    private static void CheckImage(JsonNode manifest, Func<string, byte[]> blob, string name)
    {
        var image = JsonNode.Parse(blob((string)manifest["config"]!["digest"]!))!;
        var config = image["config"]!;
        Assert.Equal(DeployFiles.Images["RUN_AS"], (string?)config["User"]);
        Assert.Matches("^[0-9a-f]{40}$", (string?)config["Labels"]!["org.opencontainers.image.revision"]);
        Assert.Matches("^sha256:", (string?)config["Labels"]!["org.opencontainers.image.base.digest"]);
        string[] settings = config["Env"].Deserialize<string[]>()!;
        Assert.Contains("DOTNET_EnableDiagnostics=0", settings);
        bool isGateway = name == Names[0];
        Assert.Equal(isGateway, settings.Contains("MICROCREDS_DATA_DIRECTORY=/var/lib/microcreds"));
        string[] ports = [.. config["ExposedPorts"]!.AsObject().Select(port => port.Key)];
        Assert.Equal(isGateway ? ["5101/tcp", "9101/tcp"] : ["9999/tcp"], ports.Order(StringComparer.Ordinal));
        var files = ReadLayer(blob((string)manifest["layers"]!.AsArray()[^1]!["digest"]!));
        Assert.Contains((string)config["Entrypoint"]!.AsArray()[^1]!, files.Keys.Select(file => "/" + file));
        var bill = JsonNode.Parse(files["app/sbom.cdx.json"])!;
        Assert.Equal("CycloneDX", (string?)bill["bomFormat"]);
        Assert.Equal(name, (string?)bill["metadata"]!["component"]!["name"]);
        Assert.Contains(bill["components"]!.AsArray(), one => (string?)one!["name"] == "Google.Protobuf");
    }

    private Task<(int ExitCode, string Said)> RunAsync(params string[] more)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "It is a POSIX shell's script.");
#if DEBUG
        Assert.Skip("The script makes images of what was built for release; these tests were not.");
#endif
        return RunningScript.RunAsync(
            Path.Combine(Repository.Root, "scripts", "images.sh"),
            [
                "--no-build", "--tag", Tag, "--out", _folder.FullName,
                "--base", $"{_registry.Name}/{PlayedRegistry.BaseRepository}:{BaseTag}", .. more,
            ],
            new Dictionary<string, string> { ["DOTNET_CONTAINER_INSECURE_REGISTRIES"] = _registry.Name });
    }

    private static async Task<bool> IsChangedAsync()
    {
        var (_, said) = await RunningScript.RunAsync("git", ["-C", Repository.Root, "status", "--porcelain"]);
        return said.Trim().Length > 0;
    }

    private static async Task<Dictionary<string, byte[]>> ReadArchiveAsync(string file)
    {
        await using var stream = File.OpenRead(file);
        return ReadTar(stream);
    }

    private static Dictionary<string, string> ReadLayer(byte[] layer)
    {
        using var gzip = new GZipStream(new MemoryStream(layer), CompressionMode.Decompress);
        return ReadTar(gzip).ToDictionary(file => file.Key, file => Encoding.UTF8.GetString(file.Value));
    }

    private static Dictionary<string, byte[]> ReadTar(Stream stream)
    {
        var files = new Dictionary<string, byte[]>();
        using var reader = new TarReader(stream);
        while (reader.GetNextEntry(copyData: true) is { } entry)
        {
            if (entry.DataStream is null) continue;
            using var content = new MemoryStream();
            entry.DataStream.CopyTo(content);
            files[entry.Name] = content.ToArray();
        }

        return files;
    }
}
