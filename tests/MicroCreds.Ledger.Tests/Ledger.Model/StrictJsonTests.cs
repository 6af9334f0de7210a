using System.Text;
using MicroCreds.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Model;

public sealed class StrictJsonTests
{
    [Theory]
    [InlineData("""{"a":{"b":1,"b":2}}""", "/a/b", "twice")]
    [InlineData("""{"a":1,"\u0061":2}""", "/a", "twice")]
    [InlineData("""[{"x":"\ud83d"}]""", "/0/x", "surrogate")]
    [InlineData("""["ok","\ude00\ud83d"]""", "/1", "surrogate")]
    [InlineData("""{"\ud800":1}""", "", "surrogate")]
    [InlineData("""{"n":9007199254740993}""", "/n", "double")]
    [InlineData("""{"n":[0,123456789012345678901234567890]}""", "/n/1", "double")]
    [InlineData("""{"n":0.1000000000000000055511151231257827}""", "/n", "double")]
    [InlineData("""{"n":1e400}""", "/n", "double")]
    [InlineData("""{"n":-1e400}""", "/n", "double")]
    [InlineData("""{"n":1e-400}""", "/n", "double")]
    [InlineData("""{"n":1e99999999999999999999}""", "/n", "double")]
    [InlineData("""{"a/b":{"~":1e400}}""", "/a~1b/~0", "double")]
    [InlineData("""{"a":1} x""", "", "not JSON")]
    [InlineData("""{"a":1}{}""", "", "not JSON")]
    [InlineData("""{"a":1,}""", "", "not JSON")]
    [InlineData("""{"a":01}""", "", "not JSON")]
    [InlineData("""{"a":NaN}""", "", "not JSON")]
    [InlineData("""// no""", "", "not JSON")]
    [InlineData("", "", "not JSON")]
    [InlineData("\ufeff{}", "", "not JSON")]
    public void Parse_WithoutOneMeaning_IsRefusedWithItsPlace(string json, string path, string reason)
    {
        var refused = Assert.Throws<StrictJsonException>(() => StrictJson.Parse(Encoding.UTF8.GetBytes(json)));
        Assert.Contains(reason, refused.Reason, StringComparison.Ordinal);
        if (path.Length > 0) Assert.Equal(path, refused.Path);
    }

    [Theory]
    [InlineData("""{"a":[1,-0,4.50,1e2,1E-7,0.1,9007199254740992,5e-324,1.7976931348623157e308],"b":{"a":null}}""")]
    [InlineData("""["\ud83d\ude00","é","\u0000"]""")]
    [InlineData("0e99999999999999999999")]
    [InlineData("0.000000000000000000000000000000000000001")]
    [InlineData("100000000000000000000000")]
    [InlineData("  \"x\" \n")]
    public void Parse_OneMeaning_IsAccepted(string json)
    {
        using var document = StrictJson.Parse(Encoding.UTF8.GetBytes(json));
        CanonicalJson.Canonicalize(document.RootElement);
    }

    [Theory]
    [InlineData("""{"a":[1,-2,4.5,0.1,1e+21,5e-324,[],{}],"b":{"a":null,"c":true},"c":"é😀"}""", true)]
    [InlineData("[]", true)]
    [InlineData("\"x\"", true)]
    [InlineData("""{"b":1,"a":2}""", false)]
    [InlineData("""{"a":{"b":1,"a":2}}""", false)]
    [InlineData("""{"a" :1}""", false)]
    [InlineData("""{"a": 1}""", false)]
    [InlineData("""{"a":1 }""", false)]
    [InlineData("""{ "a":1}""", false)]
    [InlineData("""{"a":1,"b": [1]}""", false)]
    [InlineData("""[1, 2]""", false)]
    [InlineData("""[1 ,2]""", false)]
    [InlineData("[1]\n", false)]
    [InlineData(" [1]", false)]
    [InlineData("[-0]", false)]
    [InlineData("[1.0]", false)]
    [InlineData("[1e2]", false)]
    [InlineData("[1E+21]", false)]
    [InlineData("""["\u0061"]""", false)]
    [InlineData("""{"\u0061":1}""", false)]
    public void Parse_TellsWhetherTheTextIsCanonical(string json, bool expected)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(json);
        using var document = StrictJson.Parse(utf8, out bool isCanonical);
        Assert.Equal(expected, isCanonical);
        Assert.Equal(expected, CanonicalJson.Canonicalize(document.RootElement).AsSpan().SequenceEqual(utf8));
    }

    [Fact]
    public void Parse_RandomDocuments_WhatIsCalledCanonicalIs()
    {
        // Most of these are not called so, although they are: an escape, or a name beyond ASCII, is enough.
        var random = new Random(7493);
        int called = 0;
        for (int i = 0; i < 2_000; i++)
        {
            string[] names = [.. Enumerable.Range(0, random.Next(80)).Select(n => $"{(char)random.Next(33, 300)}{n}")];
            string members = string.Join(
                random.Next(3) == 0 ? ", " : ",",
                names.Order(StringComparer.Ordinal)
                    .Select(name => $"{System.Text.Json.JsonSerializer.Serialize(name)}:{random.Next(-9, 9) / 4.0}"));
            byte[] utf8 = Encoding.UTF8.GetBytes("{" + members + "}");
            using var document = StrictJson.Parse(utf8, out bool isCanonical);
            if (!isCanonical) continue;
            called++;
            Assert.True(CanonicalJson.Canonicalize(document.RootElement).AsSpan().SequenceEqual(utf8));
        }

        Assert.True(called > 10, $"Only {called} were called canonical.");
    }

    [Theory]
    [InlineData(2)]
    [InlineData(47)]
    [InlineData(48)]
    [InlineData(49)]
    [InlineData(500)]
    public void Parse_NameTwiceAmongMany_IsRefused(int count)
    {
        string members = string.Join(",", Enumerable.Range(0, count).Select(i => $"\"n{i}\":{{\"n0\":0}}"));
        StrictJson.Parse(Encoding.UTF8.GetBytes("{" + members + "}")).Dispose();
        foreach (string again in new[] { $"n{count - 1}", "n0", $"\\u006e{count / 2}" })
        {
            var refused = Assert.Throws<StrictJsonException>(
                () => StrictJson.Parse(Encoding.UTF8.GetBytes($"{{{members},\"{again}\":1}}")));
            Assert.Contains("twice", refused.Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Parse_InvalidUtf8_IsRefused()
    {
        var refused = Assert.Throws<StrictJsonException>(() => StrictJson.Parse(new byte[] { 0x22, 0xc3, 0x28, 0x22 }));
        Assert.Contains("UTF-8", refused.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Limits.MaxJsonDepth, true)]
    [InlineData(Limits.MaxJsonDepth + 1, false)]
    [InlineData(1000, false)]
    [InlineData(5_000_000, false)]
    public void Parse_Depth_IsBounded(int depth, bool accepted)
    {
        byte[] json = Encoding.ASCII.GetBytes(new string('[', depth) + new string(']', depth));
        if (accepted)
        {
            StrictJson.Parse(json).Dispose();
        }
        else
        {
            var refused = Assert.Throws<StrictJsonException>(() => StrictJson.Parse(json));
            Assert.Contains("deeper than 32", refused.Reason, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("""{"mspId":"A","name":"n","country":"FI","did":"d","keys":[{"id":1}]}""", "/keys/0/id", "string")]
    [InlineData("""{"mspId":"A","name":"n","country":"FI","did":"d","colour":"red"}""", "", "colour")]
    [InlineData("""{"mspId":"A","name":"n","country":"FI"}""", "", "did")]
    [InlineData("""{"mspId":"A","name":null,"country":"FI","did":"d"}""", "", "name")]
    [InlineData("""{"MspId":"A","name":"n","country":"FI","did":"d"}""", "", "MspId")]
    [InlineData("null", "", "null")]
    [InlineData("[]", "", "kind")]
    public void Deserialize_AnotherShape_IsRefusedWithItsPlace(string json, string path, string reason)
    {
        var refused = Assert.Throws<StrictJsonException>(
            () => LedgerJson.Deserialize<Institution>(Encoding.UTF8.GetBytes(json)));
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("MicroCreds.", refused.Message, StringComparison.Ordinal);
        if (path.Length > 0) Assert.Equal(path, refused.Path);
    }

    [Theory]
    [InlineData("2026-01-31T12:00:00Z", "2026-01-31T12:00:00.000Z")]
    [InlineData("2026-01-31T14:00:00.1239+02:00", "2026-01-31T12:00:00.123Z")]
    public void Times_AreWrittenInUtcWithMilliseconds(string given, string written)
    {
        byte[] json = Encoding.UTF8.GetBytes($$"""{"keyId":"k","compromisedSince":"{{given}}"}""");
        var record = LedgerJson.Deserialize<KeyRevocation>(json);
        Assert.Equal(
            $$"""{"compromisedSince":"{{written}}","keyId":"k"}""",
            Encoding.UTF8.GetString(CanonicalJson.Serialize(record)));
    }

    [Theory]
    [InlineData("2026-01-31T12:00:00")]
    [InlineData("2026-01-31")]
    [InlineData("2026-13-31T12:00:00Z")]
    [InlineData("yesterday")]
    [InlineData("")]
    public void Times_WithoutZoneOrSense_AreRefused(string given)
    {
        byte[] json = Encoding.UTF8.GetBytes($$"""{"keyId":"k","compromisedSince":"{{given}}"}""");
        var refused = Assert.Throws<StrictJsonException>(() => LedgerJson.Deserialize<KeyRevocation>(json));
        Assert.Equal("/compromisedSince", refused.Path);
    }

    [Fact]
    public void LedgerError_AmongAPeersWords_IsFound()
    {
        var error = new LedgerError(ErrorCodes.AchievementRetired, "Say \"no\" {twice}", "/statement/achievements/0");
        Assert.StartsWith("{\"code\":\"achievementRetired\",\"message\":", error.ToJson(), StringComparison.Ordinal);
        Assert.True(LedgerError.TryFind($"chaincode response 500, {error.ToJson()}", out var found));
        Assert.Equal(error, found);
        Assert.True(LedgerError.TryFind($"evaluate call returned error: {error.ToJson()}; retry", out found));
        Assert.Equal(error, found);
        Assert.True(LedgerError.TryFind($"failed: {error.ToJson()} [peer: 409, {error.ToJson()}]", out found));
        Assert.Equal(error, found);
        Assert.False(LedgerError.TryFind("{\"code\":\"cut", out _));
        Assert.False(LedgerError.TryFind("{\"code\":\"a\",\"else\":1}", out _));
        Assert.False(LedgerError.TryFind("{\"code\": but no more}", out _));
        Assert.False(LedgerError.TryFind("peer is down", out _));
        Assert.False(LedgerError.TryFind(null, out _));
    }
}
