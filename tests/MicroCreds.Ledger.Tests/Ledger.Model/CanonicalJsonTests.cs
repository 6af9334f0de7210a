using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Model;

public sealed class CanonicalJsonTests
{
    [Fact]
    public void Canonicalize_ExampleOfTheRfc_IsItsCanonicalForm()
    {
        // RFC 8785, 3.2.2 and 3.2.3.
        const string Given = """
            {
              "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
              "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
              "literals": [null, true, false]
            }
            """;
        string canonical = """
            {"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],
            "string":"€$\u000f\nA'B\"\\\\\"/"}
            """.ReplaceLineEndings("");
        Assert.Equal(canonical, Canonicalize(Given));
    }

    [Fact]
    public void Canonicalize_NamesBeyondTheBasicPlane_AreSortedByUtf16()
    {
        // RFC 8785, 3.2.3: the emoji's high surrogate sorts before U+FB33 although its code point is larger.
        const string Given = """
            { "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
              "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control",
              "\u00f6": "Latin Small Letter O With Diaeresis" }
            """;
        var names = JsonNode.Parse(Canonicalize(Given))!.AsObject().Select(m => m.Key);
        Assert.Equal(["\r", "1", "\u0080", "\u00f6", "\u20ac", "\ud83d\ude00", "\ufb33"], names);
    }

    [Theory]
    // RFC 8785, appendix B: the bits of a double and its text.
    [InlineData(0x0000000000000000, "0")]
    [InlineData(0x8000000000000000, "0")]
    [InlineData(0x0000000000000001, "5e-324")]
    [InlineData(0x8000000000000001, "-5e-324")]
    [InlineData(0x7fefffffffffffff, "1.7976931348623157e+308")]
    [InlineData(0xffefffffffffffff, "-1.7976931348623157e+308")]
    [InlineData(0x4340000000000000, "9007199254740992")]
    [InlineData(0xc340000000000000, "-9007199254740992")]
    [InlineData(0x4430000000000000, "295147905179352830000")]
    [InlineData(0x44b52d02c7e14af5, "9.999999999999997e+22")]
    [InlineData(0x44b52d02c7e14af6, "1e+23")]
    [InlineData(0x44b52d02c7e14af7, "1.0000000000000001e+23")]
    [InlineData(0x444b1ae4d6e2ef4e, "999999999999999700000")]
    [InlineData(0x444b1ae4d6e2ef4f, "999999999999999900000")]
    [InlineData(0x444b1ae4d6e2ef50, "1e+21")]
    [InlineData(0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7")]
    [InlineData(0x3eb0c6f7a0b5ed8d, "0.000001")]
    [InlineData(0x41b3de4355555553, "333333333.3333332")]
    [InlineData(0x41b3de4355555554, "333333333.33333325")]
    [InlineData(0x41b3de4355555555, "333333333.3333333")]
    [InlineData(0x41b3de4355555556, "333333333.3333334")]
    [InlineData(0x41b3de4355555557, "333333333.33333343")]
    [InlineData(0xbecbf647612f3696, "-0.0000033333333333333333")]
    [InlineData(0x43143ff3c1cb0959, "1424953923781206.2")]
    public void Canonicalize_Number_IsWrittenAsEcmaScriptDoes(ulong bits, string text)
    {
        double number = BitConverter.UInt64BitsToDouble(bits);
        Assert.Equal(text, Encoding.UTF8.GetString(CanonicalJson.Canonicalize(JsonValue.Create(number))));
        string json = number.ToString("R", CultureInfo.InvariantCulture);
        Assert.Equal(text, Canonicalize(json));
    }

    [Theory]
    [InlineData("1000000000000000000000000e-1", "1e+23")]
    [InlineData("100000000000000000000000000000E-6", "1e+23")]
    [InlineData("9007199254740993000000000000000e-15", "9007199254740992")]
    public void Canonicalize_NumberThatThePlatformsReaderMisses_IsTheNearestDouble(string json, string text)
    {
        // JsonElement.GetDouble is off by one in the last place for these.
        using var document = JsonDocument.Parse(json);
        Assert.Equal(text, Encoding.UTF8.GetString(CanonicalJson.Canonicalize(document.RootElement)));
        Assert.Equal(text, Encoding.UTF8.GetString(CanonicalJson.Canonicalize(JsonNode.Parse(json))));
    }

    [Fact]
    public void Canonicalize_RandomDoubles_ReadBackAsThemselves()
    {
        var random = new Random(8785);
        for (int i = 0; i < 20_000; i++)
        {
            double number = BitConverter.Int64BitsToDouble(random.NextInt64());
            if (!double.IsFinite(number)) continue;

            string text = Encoding.UTF8.GetString(CanonicalJson.Canonicalize(JsonValue.Create(number)));
            Assert.Equal(number, double.Parse(text, CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public void Canonicalize_NodeAndElement_AreTheSame()
    {
        var node = new JsonObject
        {
            ["z"] = 1,
            ["a"] = new JsonArray(null, true, "é\u2028</>", 1.5m, 7L, new JsonObject { ["y"] = false }),
            ["\u0001"] = double.MaxValue,
        };
        byte[] canonical = CanonicalJson.Canonicalize(node);
        Assert.Equal(
            """{"\u0001":1.7976931348623157e+308,"a":[null,true,"é"""
            + "\u2028" + """</>",1.5,7,{"y":false}],"z":1}""",
            Encoding.UTF8.GetString(canonical));
        Assert.Equal(canonical, CanonicalJson.Canonicalize(JsonSerializer.SerializeToElement(node)));
        Assert.Equal(canonical, CanonicalJson.Canonicalize(JsonNode.Parse(canonical)));
    }

    [Fact]
    public void Canonicalize_ComposedAndDecomposed_StayDifferent() =>
        Assert.NotEqual(Canonicalize("\"\u00e9\""), Canonicalize("\"e\u0301\""));

    [Theory]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("""{"\ud800":1}""")]
    [InlineData("""["\udc00"]""")]
    [InlineData("1e999")]
    public void Canonicalize_WithoutOneMeaning_IsRefused(string json)
    {
        using var document = JsonDocument.Parse(json);
        Assert.Throws<FormatException>(() => CanonicalJson.Canonicalize(document.RootElement));
        Assert.Throws<FormatException>(() => CanonicalJson.Canonicalize(JsonNode.Parse(json)));
    }

    [Fact]
    public void Canonicalize_LoneSurrogateInAString_IsRefused() =>
        Assert.Throws<FormatException>(() => CanonicalJson.Canonicalize(new JsonObject { ["a"] = "x\ud800y" }));

    [Fact]
    public void Canonicalize_TooDeep_IsRefused()
    {
        JsonNode node = new JsonArray();
        for (int i = 0; i < CanonicalJson.MaxDepth; i++)
        {
            node = new JsonArray(node);
        }

        Assert.Throws<FormatException>(() => CanonicalJson.Canonicalize(node));
    }

    [Fact]
    public void Serialize_LoneSurrogate_IsRefusedAndNotReplaced() =>
        Assert.Throws<FormatException>(() => CanonicalJson.Serialize(new LedgerError("code", "x\ud800")));

    private static string Canonicalize(string json)
    {
        using var document = JsonDocument.Parse(json);
        return Encoding.UTF8.GetString(CanonicalJson.Canonicalize(document.RootElement));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Aino Virtanen")]
    [InlineData("Žižek \u20ac 😀")]
    [InlineData("a \"quote\", a \\ and a \u0001\n")]
    public void OfText_AnyText_IsWhatItsNodeGives(string text) =>
        Assert.Equal(CanonicalJson.Canonicalize(JsonValue.Create(text)), CanonicalJson.OfText(text));

    [Fact]
    public void OfText_LoneSurrogate_IsRefused() =>
        Assert.Throws<FormatException>(() => CanonicalJson.OfText("a" + '\ud800'));
}
