using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Forms;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Forms;

public sealed class SealedCredentialTests
{
    /// <summary>A credential that never changes, so that its leaf is a figure.</summary>
    private static JsonObject Fixed() => new()
    {
        ["id"] = "urn:uuid:00000000-0000-4000-8000-000000000000",
        ["leafSalt"] = "AAECAwQFBgcICQoLDA0ODw",
        ["evidence"] = new JsonArray(new JsonObject { ["name"] = "Essay" }),
        ["credentialSubject"] = new JsonObject
        {
            ["type"] = new JsonArray("AchievementSubject"),
            ["achievement"] = new JsonObject { ["name"] = "Data Literacy" },
            ["creditsEarned"] = 3,
            ["name"] = "Zoë",
            ["result"] = new JsonArray(new JsonObject { ["value"] = "5" }),
        },
    };

    [Fact]
    public void Hash_FixedCredential_IsAlwaysTheSame()
    {
        // The leaf of every credential ever anchored hangs on how it is sealed: this figure never changes.
        Assert.Equal(
            "b09934ecf4fc264dd2bea301184268875c6b2be951e60f9af6cb3192bc2459a5",
            Convert.ToHexStringLower(CredentialLeaf.Hash(Fixed())));
    }

    [Fact]
    public void Of_SealsAllThatIsTheLearnersOwn()
    {
        var credential = Fixed();
        credential["credentialSubject"]!["nickname"] = "Secret Nickname";
        var (members, disclosures) = SealedCredential.Of(CanonicalObject.From(credential));
        string text = Encoding.UTF8.GetString(members.ToArray());
        foreach (string secret in new[] { "Zoë", "Essay", "\"5\"", "Secret Nickname", "leafSalt", "AAECAwQ" })
            Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
        foreach (string open in new[] { "Data Literacy", "creditsEarned", "AchievementSubject" })
            Assert.Contains(open, text, StringComparison.Ordinal);
        Assert.Equal(
            ["evidence", "name", "nickname", "result"],
            disclosures.Select(disclosure => (string)Decode(disclosure)[1]!).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(
            disclosures, disclosure => Decode(disclosure).ToJsonString().Contains("AAECAwQ", StringComparison.Ordinal));
    }

    [Fact]
    public void Of_EveryDisclosureHasItsDigest()
    {
        var (members, disclosures) = SealedCredential.Of(CanonicalObject.From(Fixed()));
        var root = JsonNode.Parse(members.ToArray())!;
        string[] digests = [.. Digests(root), .. Digests(root["credentialSubject"]!)];
        Assert.All(disclosures, disclosure => Assert.Contains(SealedCredential.DigestOf(disclosure), digests));
        Assert.Equal(digests.Length, digests.Distinct().Count());
    }

    [Fact]
    public void Of_WithAndWithoutGradeAndEvidence_HasAsManyDigests()
    {
        // Else a verifier could tell that a grade is being withheld.
        var bare = Fixed();
        bare.Remove("evidence");
        bare["credentialSubject"]!.AsObject().Remove("result");
        var full = JsonNode.Parse(SealedCredential.Of(CanonicalObject.From(Fixed())).Members.ToArray())!;
        var less = JsonNode.Parse(SealedCredential.Of(CanonicalObject.From(bare)).Members.ToArray())!;
        Assert.Equal(Digests(full).Length, Digests(less).Length);
        Assert.Equal(Digests(full["credentialSubject"]!).Length, Digests(less["credentialSubject"]!).Length);
    }

    [Fact]
    public void Of_OtherSalt_SharesNoDigest()
    {
        var other = Fixed();
        other["leafSalt"] = "BAECAwQFBgcICQoLDA0ODw";
        var (first, _) = SealedCredential.Of(CanonicalObject.From(Fixed()));
        var (second, _) = SealedCredential.Of(CanonicalObject.From(other));
        string[] digests = [.. Digests(JsonNode.Parse(first.ToArray())!["credentialSubject"]!)];
        Assert.Empty(digests.Intersect(Digests(JsonNode.Parse(second.ToArray())!["credentialSubject"]!)));
    }

    public static TheoryData<string, Action<JsonObject>> Changes => new()
    {
        { "salt", root => root["leafSalt"] = "BAECAwQFBgcICQoLDA0ODw" },
        { "name", root => root["credentialSubject"]!["name"] = "Zoe" },
        { "result removed", root => root["credentialSubject"]!.AsObject().Remove("result") },
        { "evidence removed", root => root.Remove("evidence") },
        { "evidence changed", root => root["evidence"]![0]!["name"] = "essay" },
        { "achievement", root => root["credentialSubject"]!["achievement"]!["name"] = "Data literacy" },
        { "member added", root => root["more"] = 1 },
        { "subject's member added", root => root["credentialSubject"]!["more"] = 1 },
    };

    [Theory]
    [MemberData(nameof(Changes), DisableDiscoveryEnumeration = true)]
    public void Hash_AnythingChanged_IsAnother(string what, Action<JsonObject> change)
    {
        var changed = Fixed();
        change(changed);
        Assert.False(
            CredentialLeaf.Hash(changed).AsSpan().SequenceEqual(CredentialLeaf.Hash(Fixed())), $"{what} is not bound.");
    }

    [Fact]
    public void Hash_SealedAlready_IsRefused()
    {
        // Else an open document with digests of its own could have the leaf of another.
        var credential = Fixed();
        credential["credentialSubject"]!["_sd"] = new JsonArray();
        Assert.Throws<FormatException>(() => CredentialLeaf.Hash(credential));
    }

    private static string[] Digests(JsonNode holder) =>
        [.. holder["_sd"]!.AsArray().Select(digest => digest!.GetValue<string>())];

    private static JsonArray Decode(byte[] disclosure) =>
        JsonNode.Parse(Base64Url.DecodeFromUtf8(disclosure))!.AsArray();
}
