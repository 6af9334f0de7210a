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
    private const int Documents = 50_000;
    private const int MaxDepth = 5;

    /// <summary>Takes the place of the random seed, to see a failure again.</summary>
    private const string SeedVariable = "CANONICAL_JSON_SEED";

    private static readonly string[] Numbers =
    [
        "0", "-0", "1e21", "999999999999999934463", "1E-6", "1e-7", "0.1", "4.50", "1e400", "-1.5e-10",
        "123456789012345680000",
        "1e20", "1e-5", "333333333.3333333", "0.1e1", "1E30", "4.35", "1.7976931348623157e308", "-5e-324", "1e23",
        "9007199254740991", "-9007199254740992", "295147905179352830000", "0.000001", "0.0000009999999999999999",
        "1424953923781206.2", "999999999999999900000", "1.0000000000000002", "2.2250738585072011e-308", "-0.0", "0e10",
        "5e-324", "2.2250738585072014e-308", "1.7976931348623157E308", "9007199254740993", "0.000001234", "100", "1e+2",
    ];

    [Fact]
    public async Task Canonicalize_RandomDocuments_AreWrittenAsByNpmCanonicalize()
    {
        var cancellation = TestContext.Current.CancellationToken;
        string programs = await NodePrograms.InstallAsync("canonicalize", cancellation);
        int seed = Environment.GetEnvironmentVariable(SeedVariable) is { } given
            ? int.Parse(given, CultureInfo.InvariantCulture)
            : Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"{SeedVariable}={seed}");
        var random = new Random(seed);
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
            Assert.True(exitCode == 0, $"{SeedVariable}={seed}: {said}");
            string[] theirs = (await File.ReadAllTextAsync(output, cancellation)).Split('\n');
            for (int i = 0; i < documents.Length; i++)
            {
                using var document = JsonDocument.Parse(documents[i]);
                Agree(Encoding.UTF8.GetString(CanonicalJson.Canonicalize(document.RootElement)));
                Agree(Encoding.UTF8.GetString(CanonicalJson.Canonicalize(JsonNode.Parse(documents[i]))));

                void Agree(string ours) => Assert.True(
                    ours == theirs[i],
                    $"{SeedVariable}={seed}, document {i}:\n{documents[i]}\nours {ours}\ntheirs {theirs[i]}");
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
        string number = random.Next(7) switch
        {
            0 => Numbers[random.Next(Numbers.Length)],
            1 => random.NextInt64().ToString(CultureInfo.InvariantCulture),
            2 => Neighbour(random),
            3 => $"{random.Next(-999, 1000)}.{random.NextInt64(1_000_000_000_000)}e{random.Next(-340, 320)}",
            4 => "1" + new string('0', random.Next(30)) + (random.Next(2) == 0 ? "" : $"E-{random.Next(40)}"),
            5 => (random.Next(100_000) / 100.0).ToString("R", CultureInfo.InvariantCulture),
            _ => BitConverter.Int64BitsToDouble(random.NextInt64()).ToString("R", CultureInfo.InvariantCulture),
        };
        return double.IsFinite(double.Parse(number, CultureInfo.InvariantCulture)) ? number : "1";
    }

    // Beside a power of ten, where the form of a number changes and the shortest digits are hard to find.
    private static string Neighbour(Random random)
    {
        double power = double.Parse($"1e{random.Next(-30, 30)}", CultureInfo.InvariantCulture);
        long bits = BitConverter.DoubleToInt64Bits(power) + random.Next(-3, 4);
        return BitConverter.Int64BitsToDouble(bits).ToString("R", CultureInfo.InvariantCulture);
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
