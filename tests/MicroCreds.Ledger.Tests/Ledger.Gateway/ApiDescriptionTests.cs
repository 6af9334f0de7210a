using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MicroCreds.Ledger.Gateway.Description;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Fabric.DevNetwork;
using MicroCreds.Ledger.Tests.Tidy;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>The OpenAPI document as tools read it: linted, generated from, compiled against.</summary>
public sealed partial class ApiDescriptionTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private const string Address = "/openapi/v1.json";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>
    /// Headers that nobody describes, and members of documents whose shape a standard has: nobody here knows more.
    /// </summary>
    private static readonly string[] Open = ["[name: string]: unknown;", "[key: string]: unknown;"];

    [Fact]
    public async Task Document_IsLinted_AndAClientOfItCompiles_AndItsExamplesAreValid()
    {
        string folder = await NodePrograms.InstallAsync("api", Cancellation);
        string file = Path.Combine(folder, "openapi.json");
        await File.WriteAllTextAsync(
            file, await gateways.Issuer.Anyone.GetStringAsync(Address, Cancellation), Cancellation);
        var (exitCode, output) = await NodePrograms.RunAsync(
            NodePrograms.Start("node", ["check.mjs", file, folder], folder), Until.Patience,
            Cancellation);
        Assert.True(exitCode == 0, output);
        var found = JsonNode.Parse(output)!;
        Assert.Empty(Texts(found["lint"]));
        Assert.Empty(Texts(found["compiled"]));
        Assert.Empty(Texts(found["examples"]!["faults"]));
        Assert.True((int)found["examples"]!["count"]! > 30, output);
        Assert.Empty(Texts(found["unknowns"]).Except(Open));
    }

    [Fact]
    public async Task Operations_HaveNamesOfTheirOwn_AndEveryValueHasAType()
    {
        var document = JsonNode.Parse(await gateways.Issuer.Anyone.GetStringAsync(Address, Cancellation))!;
        var names = new List<string?>();
        foreach (var (_, methods) in document["paths"]!.AsObject())
            names.AddRange(methods!.AsObject().Select(operation => (string?)operation.Value!["operationId"]));
        Assert.All(names, name => Assert.False(string.IsNullOrEmpty(name)));
        Assert.Equal(names.Distinct(StringComparer.OrdinalIgnoreCase).Count(), names.Count);

        var untyped = new List<string>();
        foreach (var (name, schema) in document["components"]!["schemas"]!.AsObject())
            FindUntyped(schema!, name, untyped);
        Assert.Empty(untyped);
        foreach (var (type, member) in CodeLists.Named)
        {
            var described = document["components"]!["schemas"]![type]?["properties"]?[member];
            Assert.True(described is not null, $"{type}.{member} has a list of codes and is not described.");
            Assert.Contains("\"enum\"", described.ToJsonString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task WhatLanguageModelsAreTold_IsThere()
    {
        var document = JsonNode.Parse(await gateways.Issuer.Anyone.GetStringAsync(Address, Cancellation))!;
        string told = await gateways.Issuer.Anyone.GetStringAsync("/llms.txt", Cancellation);
        var addresses = Named().Matches(told).Select(match => match.Value).Distinct().ToList();
        Assert.True(addresses.Count > 10, told);
        Assert.Empty(addresses.Except(document["paths"]!.AsObject().Select(path => path.Key)));
    }

    [Fact]
    public void Problems_AreDocumentedOneByOne()
    {
        string documented = File.ReadAllText(
            Path.Combine(Repository.Root, "gateway", "docs", "problems.md"));
        foreach (var kind in ProblemKind.All)
            Assert.Contains($"### {kind.Name} ({kind.Status})\n", documented, StringComparison.Ordinal);
        Assert.Equal(
            ProblemKind.All.Count,
            documented.Split('\n').Count(line => line.StartsWith("### ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Addresses_ThatDocumentsName_AreThere()
    {
        var document = JsonNode.Parse(await gateways.Issuer.Anyone.GetStringAsync(Address, Cancellation))!;
        var paths = document["paths"]!.AsObject();
        string[] unknown =
        [
            .. Repository.FilesEndingWith(".md").SelectMany(file =>
                Written().Matches(File.ReadAllText(Path.Combine(Repository.Root, file)))
                    .Where(match => !IsThere(paths, match.Groups[1].Value.ToLowerInvariant(), match.Groups[2].Value))
                    .Select(match => $"{file}: {match.Value}")),
        ];
        Assert.True(unknown.Length == 0, string.Join('\n', unknown));
    }

    /// <summary>Tells whether an address is one, as documents write them: an ellipsis stands for any parts.</summary>
    private static bool IsThere(JsonObject paths, string method, string written)
    {
        var parts = written.Split('/').Select(part => part == "…" ? ".+"
            : part.StartsWith('{') || part.StartsWith('$') ? "[^/]+" : $@"(?:{Regex.Escape(part)}|\{{[^/]+\}})");
        var address = new Regex($"^{string.Join('/', parts)}$");
        return paths.Any(path => address.IsMatch(path.Key)
            && (method.Length == 0 || path.Value!.AsObject().ContainsKey(method)));
    }

    private static void FindUntyped(JsonNode node, string place, List<string> untyped)
    {
        if (node is not JsonObject schema) return;
        string[] kinds = ["type", "$ref", "oneOf", "anyOf", "allOf", "enum", "const"];
        if (!kinds.Any(schema.ContainsKey)) untyped.Add(place);
        foreach (var (name, member) in schema["properties"]?.AsObject() ?? [])
            FindUntyped(member!, $"{place}.{name}", untyped);
        if (schema["items"] is JsonObject items) FindUntyped(items, place + "[]", untyped);
        if (schema["additionalProperties"] is JsonObject others) FindUntyped(others, place + "{}", untyped);
        foreach (string several in (string[])["oneOf", "anyOf", "allOf"])
        {
            foreach (var one in schema[several]?.AsArray() ?? []) FindUntyped(one!, place + "|", untyped);
        }
    }

    [GeneratedRegex("/v1/[a-z{][A-Za-z/{}-]*[a-z}]")]
    private static partial Regex Named();

    [GeneratedRegex("""(?:\b(GET|POST|PUT|PATCH|DELETE) )?(?:\$A)?(/v1/[^\s`"'|(),;&#?]*[^\s`"'|(),;&#?.:])""")]
    private static partial Regex Written();

    private static List<string> Texts(JsonNode? list) => [.. list!.AsArray().Select(one => (string)one!)];
}
