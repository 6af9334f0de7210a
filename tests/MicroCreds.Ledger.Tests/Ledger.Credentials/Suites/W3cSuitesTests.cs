using System.Text.Json.Nodes;
using MicroCreds.Ledger.Tests.Fabric.DevNetwork;
using MicroCreds.Ledger.Tests.Tidy;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Suites;

/// <summary>
/// The W3C's test suites, unmodified, against our code. They are programs of their own, and lie where the variable
/// W3C_SUITES says (gateway/docs/suites.md tells how to get them); without it they are not run.
/// </summary>
public sealed class W3cSuitesTests
{
    private const string Variable = "W3C_SUITES";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);

    private static readonly string ExpectedFile = Path.Combine(
        Repository.Root, "tests", "MicroCreds.Ledger.Tests", "Ledger.Credentials", "Suites", "expected.json");

    private static readonly string Programs = Path.Combine(Repository.Root, "tests", "node", "suites");

    private static readonly string Document = Path.Combine(Repository.Root, "gateway", "docs", "suites.md");

    public static TheoryData<string> Suites => [.. Expected().AsObject().Select(suite => suite.Key)];

    [Theory]
    [MemberData(nameof(Suites))]
    public async Task Suite_OfTheW3c_SaysWhatIsExpected(string name)
    {
        var cancellation = TestContext.Current.CancellationToken;
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } directory)
        {
            Assert.Skip($"The W3C's suites are not run: {Variable} names no directory with them.");
            return;
        }

        var expected = Expected()[name]!;
        string suite = Path.Combine(directory, name);
        Assert.True(Directory.Exists(Path.Combine(suite, "node_modules")), $"{suite} is not there, or not installed.");
        await using var adapter = await SuiteAdapter.StartAsync();
        await File.WriteAllTextAsync(
            Path.Combine(suite, "localConfig.cjs"), ConfigurationOf(expected, adapter), cancellation);
        var results = await RunAsync(suite, adapter, cancellation);

        var reasons = expected["failed"]!.AsObject();
        string[] known = [.. reasons.SelectMany(reason => Texts(reason.Value!)).Order()];
        string[] failures = [.. Titles(results, "failures").Order()];
        Assert.True(known.SequenceEqual(failures), TextOf(results["failures"]!));
        Assert.Equal((int)expected["passed"]!, Titles(results, "passes").Count);
    }

    [Fact]
    public async Task Document_GivesEveryReasonAndFigure()
    {
        string said = await File.ReadAllTextAsync(Document, TestContext.Current.CancellationToken);
        string plain = string.Join(' ', said.Split((char[])['\n', ' '], StringSplitOptions.RemoveEmptyEntries));
        foreach (var (name, expected) in Expected().AsObject())
        {
            int failed = expected!["failed"]!.AsObject().Sum(reason => Texts(reason.Value!).Count());
            Assert.Contains(
                $"| `{name}` | {expected["passed"]} | {failed} |", plain,
                StringComparison.Ordinal);
            foreach (var (reason, _) in expected["failed"]!.AsObject())
                Assert.Contains(reason, plain, StringComparison.Ordinal);
        }
    }

    private static JsonNode Expected() => JsonNode.Parse(File.ReadAllText(ExpectedFile))!;

    private static string ConfigurationOf(JsonNode expected, SuiteAdapter adapter)
    {
        JsonArray Endpoints(string path) =>
        [
            .. Texts(expected["tags"]!).Select(tag => (JsonNode)new JsonObject
            {
                ["id"] = adapter.IssuerOf(tag),
                ["endpoint"] = $"{adapter.Url}/{tag}/{path}",
                ["tags"] = new JsonArray(tag),
                ["supportedEcdsaKeyTypes"] = new JsonArray("P-256"),
            }),
        ];
        var implementation = new JsonObject
        {
            ["name"] = "MicroCreds",
            ["implementation"] = "MicroCreds.Ledger",
            ["issuers"] = Endpoints("credentials/issue"),
            ["verifiers"] = Endpoints("credentials/verify"),
            ["vpVerifiers"] = Endpoints("presentations/verify"),
        };

        // The suite on tokens asks a program in a container, and by what it can do.
        if (expected["features"] is { } features)
        {
            implementation["jose-cose"] = new JsonObject
            {
                ["features"] = new JsonObject(
                    Texts(features).Select(feature => KeyValuePair.Create(feature, (JsonNode?)true))),
            };
        }

        var configuration = new JsonObject
        {
            ["settings"] = new JsonObject { ["enableInteropTests"] = false, ["testAllImplementations"] = false },
            ["implementations"] = new JsonArray(implementation),
        };
        return $"module.exports = {configuration.ToJsonString()};\n";
    }

    private static async Task<JsonNode> RunAsync(
        string suite, SuiteAdapter adapter, CancellationToken cancellationToken)
    {
        string report = Path.GetTempFileName();
        string stand = Directory.CreateTempSubdirectory("suites").FullName;
        try
        {
            await StandInForContainersAsync(stand, cancellationToken);
            var start = NodePrograms.Start(
                "node",
                [
                    "node_modules/mocha/bin/mocha.js", "tests/", "--require",
                    Path.Combine(Programs, "iterators.cjs"), "--reporter", "json", "--reporter-option",
                    "output=" + report, "--timeout", "150000", "--preserve-symlinks",
                ],
                suite);
            start.Environment["PATH"] = stand + Path.PathSeparator + start.Environment["PATH"];
            start.Environment["SUITE_ADAPTER"] = adapter.Url + SuiteAdapter.JosePath;

            // The adapter's certificate is its own.
            start.Environment["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";
            var (_, output) = await NodePrograms.RunAsync(start, Patience, cancellationToken);
            string text = await File.ReadAllTextAsync(report, cancellationToken);
            Assert.True(text.Length > 0, output);
            return JsonNode.Parse(text)!;
        }
        finally
        {
            File.Delete(report);
            Directory.Delete(stand, recursive: true);
        }
    }

    private static async Task StandInForContainersAsync(string directory, CancellationToken cancellationToken)
    {
        string program = Path.Combine(directory, "docker");
        await File.WriteAllTextAsync(
            program, $"#!/bin/sh\nexec node '{Path.Combine(Programs, "docker.mjs")}' \"$@\"\n", cancellationToken);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static string TextOf(JsonNode failures) => string.Join(
        '\n', failures.AsArray().Select(test => $"{test!["fullTitle"]} => {test["err"]?["message"]}"));

    private static List<string> Titles(JsonNode results, string outcome) =>
        [.. results[outcome]!.AsArray().Select(test => (string)test!["fullTitle"]!)];

    private static IEnumerable<string> Texts(JsonNode list) => list.AsArray().Select(text => (string)text!);
}
