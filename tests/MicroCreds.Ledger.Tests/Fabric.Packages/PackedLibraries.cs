using System.IO.Compression;
using System.Xml.Linq;
using MicroCreds.Ledger.Tests.Deployment;
using MicroCreds.Ledger.Tests.Tidy;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Packages;

/// <summary>The tests of what <see cref="PackedLibraries"/> holds.</summary>
[CollectionDefinition(Name)]
public sealed class PackedLibrariesTests : ICollectionFixture<PackedLibraries>
{
    public const string Name = "packed libraries";
}

/// <summary>What scripts/pack.sh makes of the libraries that these tests were built with, once for all tests of it.
/// </summary>
public sealed class PackedLibraries : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("packages-");

    /// <summary>The folder with the packages: a feed.</summary>
    public string Feed => _folder.FullName;

    /// <summary>Builds a project of a stranger's from the packages, and nothing of the network: what they need was
    /// restored before.</summary>
    /// <returns>What the build said.</returns>
    internal async Task<string> BuildAsync(string project)
    {
        string known = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        var (code, said) = await RunningScript.RunAsync(
            "dotnet",
            [
                "build", project, "-nologo", "-v:q", "-nodeReuse:false",
                $"-p:RestoreSources={Feed}", $"-p:RestoreFallbackFolders={known}",
            ],
            new Dictionary<string, string>
            {
                ["NUGET_PACKAGES"] = Path.Combine(Feed, "restored-" + Path.GetFileName(project)),
            });
        Assert.True(code == 0, said);
        return said;
    }

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "It is a POSIX shell's script.");
#if DEBUG
        Assert.Skip("The script makes packages of what was built for release; these tests were not.");
#endif
        var (code, said) = await RunningScript.RunAsync(
            Path.Combine(Repository.Root, "scripts", "pack.sh"),
            ["--no-build", "--out", Feed, "--repository", "https://repository.example/ledger"]);
        Assert.True(code == 0, said);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return default;
    }

    /// <summary>Opens a package, or its symbols.</summary>
    public ZipArchive Open(string name, string ending = ".nupkg") =>
        ZipFile.OpenRead(Assert.Single(Directory.GetFiles(Feed, $"{name}.?.*{ending}")));

    /// <summary>Reads what a package says of itself.</summary>
    internal static XElement Metadata(ZipArchive package)
    {
        using var stream = package.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal))
            .Open();
        return XDocument.Load(stream).Root!.Elements().Single(element => element.Name.LocalName == "metadata");
    }

    internal static string? Metadata(ZipArchive package, string name) =>
        Metadata(package).Elements().SingleOrDefault(element => element.Name.LocalName == name)?.Value;

    internal static byte[] Read(ZipArchiveEntry entry)
    {
        using var stream = entry.Open();
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
