using System.Xml.Linq;
using Xunit;

namespace MicroCreds.Ledger.Tests.Tidy;

/// <summary>The arrows between projects, and no others.</summary>
public sealed class ArrowTests
{
    private static readonly Dictionary<string, string[]> Arrows = new()
    {
        // It is packed with it, for whoever has an interface of a contract.
        ["MicroCreds.Fabric.Protocol"] = ["MicroCreds.Fabric.Generators"],
        ["MicroCreds.Fabric.DevNetwork"] = ["MicroCreds.Fabric.Protocol"],

        // It looks at chaincode, and knows its library by name only. A compiler loads it without what edits documents.
        ["MicroCreds.Fabric.Analyzers"] = [],
        ["MicroCreds.Fabric.Generators"] = [],
        ["MicroCreds.Fabric.Templates"] = [],
        ["MicroCreds.Fabric.Analyzers.Fixes"] = ["MicroCreds.Fabric.Analyzers"],
        ["MicroCreds.Fabric.Chaincode"] = ["MicroCreds.Fabric.Analyzers.Fixes", "MicroCreds.Fabric.Protocol"],
        ["MicroCreds.Fabric.Client"] = ["MicroCreds.Fabric.Protocol"],

        // Those who put the two into a host, and who test with them: the libraries themselves stay apart.
        ["MicroCreds.Fabric.Extensions"] = ["MicroCreds.Fabric.Chaincode", "MicroCreds.Fabric.Client"],
        ["MicroCreds.Fabric.Testing"] =
            ["MicroCreds.Fabric.Chaincode", "MicroCreds.Fabric.Client", "MicroCreds.Fabric.DevNetwork"],

        // Whoever is in an Aspire application meets its network on the wire alone.
        ["MicroCreds.Fabric.Aspire"] = ["MicroCreds.Fabric.DevNetwork", "MicroCreds.Fabric.Protocol"],
        ["MicroCreds.Ledger.Model"] = ["MicroCreds.Fabric.Analyzers"],
        ["MicroCreds.Ledger.Contract"] =
            ["MicroCreds.Fabric.Analyzers", "MicroCreds.Fabric.Chaincode", "MicroCreds.Ledger.Model"],
        ["MicroCreds.Ledger.Credentials"] = ["MicroCreds.Ledger.Model"],

        // No gateway in it, so that the command line can mend and move a store.
        ["MicroCreds.Ledger.Store"] = ["MicroCreds.Ledger.Credentials", "MicroCreds.Ledger.Model"],

        // Apart from the credentials, which know nothing of Fabric: a bundle holds Fabric's own transactions.
        ["MicroCreds.Ledger.Bundles"] =
            ["MicroCreds.Fabric.Protocol", "MicroCreds.Ledger.Credentials", "MicroCreds.Ledger.Model"],
        ["MicroCreds.Ledger.Gateway"] =
        [
            "MicroCreds.Fabric.Client", "MicroCreds.Ledger.Bundles", "MicroCreds.Ledger.Credentials",
            "MicroCreds.Ledger.Keys", "MicroCreds.Ledger.Log", "MicroCreds.Ledger.Model", "MicroCreds.Ledger.Papers",
            "MicroCreds.Ledger.Planning", "MicroCreds.Ledger.Store",
        ],

        // No gateway, store or Fabric in it, so that whoever reads a log needs none of them.
        ["MicroCreds.Ledger.Log"] = ["MicroCreds.Ledger.Credentials", "MicroCreds.Ledger.Model"],

        // It knows neither credentials nor Fabric: only who asks it to sign knows what.
        ["MicroCreds.Ledger.Keys"] = [],

        // It sets and reads what it is given: no gateway, store or Fabric.
        ["MicroCreds.Ledger.Papers"] = ["MicroCreds.Ledger.Credentials"],

        // Apart from the gateway: nothing else of it knows the solver.
        ["MicroCreds.Ledger.Planning"] = ["MicroCreds.Ledger.Credentials"],

        // It works on a store that no gateway runs on.
        ["MicroCreds.Ledger.CommandLine"] =
        [
            "MicroCreds.Ledger.Bundles", "MicroCreds.Ledger.Credentials", "MicroCreds.Ledger.Log",
            "MicroCreds.Ledger.Model", "MicroCreds.Ledger.Store",
        ],
        // The samples: what both sides know is apart, so that they meet only on the wire.
        ["AssetTransfer.Interfaces"] = ["MicroCreds.Fabric.Generators", "MicroCreds.Fabric.Protocol"],
        ["AssetTransfer"] =
        [
            "AssetTransfer.Interfaces", "MicroCreds.Fabric.Analyzers", "MicroCreds.Fabric.Chaincode",
            "MicroCreds.Fabric.Generators",
        ],
        ["AssetTransfer.Application"] =
            ["AssetTransfer.Interfaces", "MicroCreds.Fabric.Client", "MicroCreds.Fabric.Generators"],

        // It is published by itself, as applications are.
        ["MicroCreds.Ledger.BenchmarkClient"] = ["MicroCreds.Fabric.Client"],

        // It checks a store that was backed up before it takes a gateway's place.
        ["MicroCreds.Ledger.Operator"] =
            ["MicroCreds.Fabric.Client", "MicroCreds.Fabric.DevNetwork", "MicroCreds.Ledger.Store"],
    };

    private static readonly string[] MayReferenceAll = ["MicroCreds.Ledger.Tests", "MicroCreds.Ledger.Benchmarks"];

    public static TheoryData<string> Projects =>
        [.. Repository.FilesEndingWith(".csproj").Where(file => !IsWrittenByATemplate(file))];

    private static bool IsWrittenByATemplate(string file) =>
        file.Contains("Fabric.Templates/content/", StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_ReferencesOnlyWhatItsArrowsAllow(string project)
    {
        string name = Path.GetFileNameWithoutExtension(project);
        if (MayReferenceAll.Contains(name))
        {
            return;
        }

        Assert.True(Arrows.ContainsKey(name), $"{name} has no arrows: say here what it may know of.");
        var references = XDocument.Load(Path.Combine(Repository.Root, project)).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value));
        Assert.Equal(Arrows[name].Order(StringComparer.Ordinal), references.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_SaysInOneSentenceWhatItIs(string project)
    {
        string? description = XDocument.Load(Path.Combine(Repository.Root, project))
            .Descendants("Description").SingleOrDefault()?.Value;
        Assert.NotNull(description);
        Assert.EndsWith(".", description, StringComparison.Ordinal);
        Assert.DoesNotContain(". ", description, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_PinsNoVersionOfItsOwn(string project) =>
        Assert.DoesNotContain(
            XDocument.Load(Path.Combine(Repository.Root, project)).Descendants("PackageReference"),
            reference => reference.Attribute("Version") is not null
                || reference.Attribute("VersionOverride") is not null);
}
