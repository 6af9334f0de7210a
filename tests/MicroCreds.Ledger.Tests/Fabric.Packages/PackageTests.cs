using System.IO.Compression;
using System.Reflection.Metadata;
using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Tests.Deployment;
using MicroCreds.Ledger.Tests.Tidy;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Packages;

[Collection(PackedLibrariesTests.Name)]
public sealed class PackageTests(PackedLibraries packed)
{
    private const string Chaincode = "MicroCreds.Fabric.Chaincode";
    private const string Client = "MicroCreds.Fabric.Client";
    private const string DevNetwork = "MicroCreds.Fabric.DevNetwork";
    private const string Templates = "MicroCreds.Fabric.Templates";
    private const string Testing = "MicroCreds.Fabric.Testing";

    /// <summary>What every package has, and what each has besides.</summary>
    private static readonly string[] Common =
        ["CHANGELOG.md", "LICENSE", "README.md", "icon.png", "sbom.cdx.json"];

    [Theory]
    [InlineData("MicroCreds.Fabric.Protocol", "lib/net10.0/MicroCreds.Fabric.Protocol.xml", "docs/typed-contracts.md",
        "analyzers/dotnet/cs/MicroCreds.Fabric.Generators.dll")]
    [InlineData(Client, "lib/net10.0/MicroCreds.Fabric.Client.xml")]
    [InlineData(Chaincode, "lib/net10.0/MicroCreds.Fabric.Chaincode.xml", "build/MicroCreds.Fabric.Chaincode.props",
        "buildTransitive/MicroCreds.Fabric.Chaincode.props", "docs/analyzers.md",
        "analyzers/dotnet/cs/MicroCreds.Fabric.Analyzers.dll",
        "analyzers/dotnet/cs/MicroCreds.Fabric.Analyzers.Fixes.dll")]
    [InlineData("MicroCreds.Fabric.Extensions", "lib/net10.0/MicroCreds.Fabric.Extensions.xml")]
    [InlineData(Testing, "lib/net10.0/MicroCreds.Fabric.Testing.xml", "lib/net10.0/MicroCreds.Fabric.DevNetwork.dll")]
    [InlineData("MicroCreds.Fabric.Aspire", "lib/net10.0/MicroCreds.Fabric.Aspire.xml",
        "lib/net10.0/MicroCreds.Fabric.DevNetwork.dll")]
    [InlineData(DevNetwork, "tools/net10.0/any/DotnetToolSettings.xml",
        "tools/net10.0/any/runtimes/win-x64/native/e_sqlite3.dll",
        "tools/net10.0/any/runtimes/osx-arm64/native/libe_sqlite3.dylib")]
    public void Package_HasWhatItsUsersNeed_AndNoFolderOfThisMachine(string name, params string[] more)
    {
        using var package = packed.Open(name);
        var files = package.Entries.ToDictionary(entry => entry.FullName, StringComparer.Ordinal);
        Assert.All(Common.Concat(more), file => Assert.Contains(file, files.Keys));
        bool isTool = name == DevNetwork;
        Assert.Contains($"{(isTool ? "tools/net10.0/any" : "lib/net10.0")}/{name}.dll", files.Keys);
        CheckMetadata(package, isTool);
        var bill = JsonNode.Parse(PackedLibraries.Read(files["sbom.cdx.json"]))!;
        Assert.Equal(name, (string?)bill["metadata"]!["component"]!["name"]);
        Assert.Contains(bill["components"]!.AsArray(), one => (string?)one!["name"] == "Google.Protobuf"
            && one["licenses"]!.AsArray().Count > 0);
        using var symbols = packed.Open(name, ".snupkg");
        CheckSources(Assert.Single(symbols.Entries, entry => entry.Name == name + ".pdb"));
        Assert.All(package.Entries.Concat(symbols.Entries), CheckFolders);
    }

    [Fact]
    public void Templates_WriteWhatReferencesThePackagesOfTheirVersion()
    {
        using var package = packed.Open(Templates);
        Assert.Equal("Template", PackedLibraries.Metadata(package).Descendants()
            .Single(element => element.Name.LocalName == "packageType").Attribute("name")!.Value);
        string[] descriptions = [.. package.Entries.Where(entry => entry.Name == "template.json")
            .Select(entry => Encoding.UTF8.GetString(PackedLibraries.Read(entry)))];
        Assert.Equal(2, descriptions.Length);
        Assert.All(descriptions, text => Assert.Equal(
            PackedLibraries.Metadata(package, "version"),
            (string?)JsonNode.Parse(text)!["symbols"]!["packages"]!["defaultValue"]));
        Assert.All(package.Entries, CheckFolders);
    }

    /// <summary>Their licences ask that their notices go with copies of them.</summary>
    [Fact]
    public void Tool_HasTheNoticesOfWhoseBinariesItContains()
    {
        using var package = packed.Open(DevNetwork);
        string notices = Encoding.UTF8.GetString(
            PackedLibraries.Read(package.GetEntry("THIRD-PARTY-NOTICES.txt")!));
        var bill = JsonNode.Parse(PackedLibraries.Read(package.GetEntry("sbom.cdx.json")!))!;
        string[] others =
        [
            .. bill["components"]!.AsArray().Select(one => (string)one!["name"]!)
                .Where(name => !name.StartsWith("MicroCreds.", StringComparison.Ordinal)),
        ];
        Assert.True(others.Length > 10);
        Assert.All(others, name => Assert.Contains(name, notices, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("https://name:secret@host.example:8443/a/b.git", "https://host.example:8443/a/b")]
    [InlineData("git@host.example:a/b.git", "https://host.example/a/b")]
    [InlineData("ssh://git@host.example:2222/a/b", "https://host.example/a/b")]
    [InlineData("/srv/b.git", "")]
    [InlineData(null, "")]
    public async Task Address_IsThatOfTheRemote_WithoutWhatIsSecret(string? remote, string address)
    {
        var folder = Directory.CreateDirectory(Path.Combine(packed.Feed, Path.GetRandomFileName()));
        await RunAsync("git", "init", "--quiet", folder.FullName);
        if (remote is not null)
        {
            await RunAsync("git", "-C", folder.FullName, "remote", "add", "origin", remote);
        }

        Assert.Equal(address, await RunAsync(
            Path.Combine(Repository.Root, "scripts", "repository.sh"), folder.FullName));

        // Told from where its caller stands.
        Assert.Equal(address, await RunAsync("bash", "-c", """cd "$1/.." && exec "$0" "${1##*/}" """.Trim(),
            Path.Combine(Repository.Root, "scripts", "repository.sh"), folder.FullName));
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var (code, said) = await RunningScript.RunAsync(program, arguments);
        Assert.True(code == 0, said);
        return said.Trim();
    }

    /// <summary>The readme of the package for testing, built and run by somebody who has nothing but the packages.
    /// </summary>
    [Fact]
    public async Task ContractOfAStranger_IsTestedOnALedgerAndOnANetwork()
    {
        using var package = packed.Open(Testing);
        var folder = Directory.CreateDirectory(Path.Combine(packed.Feed, "stranger"));
        string readme = Encoding.UTF8.GetString(PackedLibraries.Read(package.GetEntry("README.md")!));
        var snippets = readme.Split("```csharp\n").Skip(1).Select(part => part.Split("```")[0]);
        await WriteAsync(folder, "Directory.Build.props", "<Project />");
        await WriteAsync(folder, "stranger.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="{Testing}" Version="{PackedLibraries.Metadata(package, "version")}" />
              </ItemGroup>
            </Project>
            """);
        await WriteAsync(folder, "Program.cs", string.Join('\n', snippets) + """
            Console.WriteLine((await contract.EvaluateAsync("Increment", ["a"])).Length);
            """);

        await packed.BuildAsync(folder.FullName);
        string said = await RunAsync(
            "dotnet", Path.Combine(folder.FullName, "bin", "Debug", "net10.0", "stranger.dll"));
        Assert.Equal(["Incremented: a = 1", "True", "1"], said.Split('\n'));
    }

    private static Task WriteAsync(DirectoryInfo folder, string name, string text) =>
        File.WriteAllTextAsync(Path.Combine(folder.FullName, name), text, TestContext.Current.CancellationToken);

    private static void CheckMetadata(ZipArchive package, bool isTool)
    {
        string? Of(string name) => PackedLibraries.Metadata(package, name);
        var metadata = PackedLibraries.Metadata(package);
        Assert.Equal("Apache-2.0", Of("license"));
        Assert.Equal("README.md", Of("readme"));
        Assert.Equal("icon.png", Of("icon"));
        Assert.Contains("hyperledger fabric", Of("tags"), StringComparison.Ordinal);
        Assert.Matches(@"^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$", Of("version"));
        Assert.False(string.IsNullOrEmpty(Of("description")));
        var repository = metadata.Elements().Single(element => element.Name.LocalName == "repository");
        Assert.Equal("https://repository.example/ledger", (string?)repository.Attribute("url"));
        Assert.Matches("^[0-9a-f]{40}$", (string?)repository.Attribute("commit"));
        Assert.Equal(isTool, metadata.Descendants().Any(element => (string?)element.Attribute("name") == "DotnetTool"));
        if (!isTool) return;

        string settings = Encoding.UTF8.GetString(
            PackedLibraries.Read(package.GetEntry("tools/net10.0/any/DotnetToolSettings.xml")!));
        Assert.Contains("Name=\"microcreds-devnet\"", settings, StringComparison.Ordinal);
    }

    private static void CheckFolders(ZipArchiveEntry entry)
    {
        byte[] content = PackedLibraries.Read(entry);
        foreach (var encoding in new[] { Encoding.UTF8, Encoding.Unicode })
        {
            Assert.False(
                content.AsSpan().IndexOf(encoding.GetBytes(Repository.Root)) >= 0,
                $"{entry.FullName} names a folder of the machine that built it.");
        }
    }

    /// <summary>Symbols keep the parts of paths apart, so that they have to be read.</summary>
    private static void CheckSources(ZipArchiveEntry symbols)
    {
        using var content = new MemoryStream(PackedLibraries.Read(symbols));
        using var provider = MetadataReaderProvider.FromPortablePdbStream(content);
        var reader = provider.GetMetadataReader();
        var sources = reader.Documents.Select(one => reader.GetString(reader.GetDocument(one).Name)).ToArray();
        Assert.NotEmpty(sources);
        Assert.All(sources, source => Assert.StartsWith("/_/", source, StringComparison.Ordinal));
    }
}
