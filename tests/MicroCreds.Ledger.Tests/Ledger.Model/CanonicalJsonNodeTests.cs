using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Fabric.DevNetwork;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Model;

/// <summary>Our canonical JSON beside that of npm's <c>canonicalize</c>, by one of the RFC's authors.</summary>
public sealed class CanonicalJsonNodeTests
{
    private const int Documents = 20_000;
    private const int Seed = 8785;
    private const int MaxDepth = 5;

    private static readonly string[] Numbers =
    [
        "0", "-0", "1e21", "999999999999999934463", "1E-6", "1e-7", "0.1", "4.50", "1e400", "-1.5e-10",
        "123456789012345680000",
        "5e-324", "2.2250738585072014e-308", "1.7976931348623157E308", "9007199254740993", "0.000001234", "100", "1e+2",
    ];

    [Fact]
    public async Task Canonicalize_RandomDocuments_AreWrittenAsByNpmCanonicalize()
    {
        var cancellation = TestContext.Current.CancellationToken;
        string programs = await NodePrograms.InstallAsync("canonicalize", cancellation);
        var random = new Random(Seed);
        string[] documents = [.. Enumerable.Range(0, Documents).Select(_ => RandomValue(random, 0))];
        string input = Path.GetTempFileName();
        string output = Path.GetTempFileName();
        try
        {
            await File.WriteAllLinesAsync(input, documents, cancellation);
            var (exitCode, said) = await NodePrograms.RunAsync(
                NodePrograms.Start("node", ["canonicalize.mjs", input, output], programs),
                EndToEnd.Until.Patience,
                cancellation);
            Assert.True(exitCode == 0, said);
            string[] theirs = (await File.ReadAllTextAsync(output, cancellation)).Split('\n');
            for (int i = 0; i < documents.Length; i++)
            {
                using var document = JsonDocument.Parse(documents[i]);
                Assert.Equal(theirs[i], Encoding.UTF8.GetString(CanonicalJson.Canonicalize(document.RootElement)));
                Assert.Equal(
                    theirs[i], Encoding.UTF8.GetString(CanonicalJson.Canonicalize(JsonNode.Parse(documents[i]))));
            }
        }
        finally
        {
            File.Delete(input);
            File.Delete(output);
        }
    }

    private static string RandomValue(Random random, int depth) => random.Next(depth == MaxDepth ? 5 : 8) switch
    {
        0 => "null",
        1 => random.Next(2) == 0 ? "true" : "false",
        2 or 3 => RandomNumber(random),
        4 => RandomString(random),
        5 => $"[{string.Join(" , ", Enumerable.Range(0, random.Next(5)).Select(_ => RandomValue(random, depth + 1)))}]",
        _ => RandomObject(random, depth),
    };

    private static string RandomObject(Random random, int depth)
    {
        // Distinct by what they mean, not by how they are written.
        var members = Enumerable.Range(0, random.Next(6)).Select(_ => RandomString(random))
            .DistinctBy(name => JsonSerializer.Deserialize<string>(name))
            .Select(name => $"{name}: {RandomValue(random, depth + 1)}");
        return $"{{{string.Join(',', members)}}}";
    }

    private static string RandomNumber(Random random)
    {
        string number = random.Next(4) switch
        {
            0 => Numbers[random.Next(Numbers.Length)],
            1 => random.NextInt64().ToString(CultureInfo.InvariantCulture),
            2 => (random.Next(100_000) / 100.0).ToString("R", CultureInfo.InvariantCulture),
            _ => BitConverter.Int64BitsToDouble(random.NextInt64()).ToString("R", CultureInfo.InvariantCulture),
        };
        return double.IsFinite(double.Parse(number, CultureInfo.InvariantCulture)) ? number : "1";
    }

    private static string RandomString(Random random)
    {
        var text = new StringBuilder("\"");
        for (int i = random.Next(8); i > 0; i--)
        {
            int code = random.Next(5) switch
            {
                0 => random.Next(0x20),
                1 => random.Next(0x20, 0x80),
                2 => random.Next(0x80, 0xD800),
                3 => random.Next(0xE000, 0x10000),
                _ => random.Next(0x10000, 0x110000),
            };
            string raw = char.ConvertFromUtf32(code);
            bool escape = code < 0x20 || raw is "\"" or "\\" || random.Next(3) == 0;
            text.Append(escape ? string.Concat(raw.Select(c => $"\\u{(int)c:x4}")) : raw);
        }

        return text.Append('"').ToString();
    }
}
