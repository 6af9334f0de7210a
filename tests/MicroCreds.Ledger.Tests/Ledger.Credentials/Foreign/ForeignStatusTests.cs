using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Fetching;
using MicroCreds.Ledger.Credentials.Foreign;
using MicroCreds.Ledger.Credentials.StatusLists;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Tests.Ledger.Credentials.Forms;
using MicroCreds.Ledger.Tests.Ledger.Credentials.Verifying;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Foreign;

/// <summary>What the status lists of others say of their credentials, and what is not believed.</summary>
public sealed class ForeignStatusTests : VerifierFixture
{
    private const string Url = "https://others.example/lists/1";

    private readonly IssuerPrivateKey _key = IssuerPrivateKey.Generate();

    private TokenKey Theirs => new(_key, "did:key:" + _key.PublicKeyMultibase, _key.PublicKeyMultibase);

    [Theory]
    [InlineData(false, false, ForeignStatusOutcome.InForce, null)]
    [InlineData(true, false, ForeignStatusOutcome.Revoked, CheckCodes.ForeignRevoked)]
    [InlineData(false, true, ForeignStatusOutcome.Suspended, CheckCodes.ForeignSuspended)]
    public async Task Verify_ForeignTokenWithATokenStatusList_SaysWhatItsIssuerSays(
        bool isRevoked, bool isSuspended, ForeignStatusOutcome outcome, string? code)
    {
        var verdict = await VerifyAsync(Token(Reference(5)), Answer(ListOf(Theirs, isRevoked, isSuspended)));
        Assert.Equal(VerdictKind.Foreign, verdict.Kind);
        Assert.Equal(outcome, verdict.Foreign!.Status.Outcome);
        Assert.Equal(code, verdict.Checks.FirstOrDefault(check => check.Outcome == CheckOutcome.Fail)?.Code);
        if (code is not null) Assert.Contains(code, verdict.Head.Codes);
    }

    [Fact]
    public async Task Verify_ForeignTokenWithABitstring_IsRevokedByIt()
    {
        var list = ListFor(StatusPurpose.Revocation);
        foreach (byte[] served in new[] { list.Sign(_key, Theirs.KeyId), list.SignVcJwt(Theirs) })
        {
            foreach (int index in new[] { 5, 6 })
            {
                var verdict = await VerifyAsync(Token(Entry(index)), Answer(served));
                Assert.Equal(
                    index == 5 ? ForeignStatusOutcome.Revoked : ForeignStatusOutcome.InForce,
                    verdict.Foreign!.Status.Outcome);
            }
        }
    }

    [Fact]
    public async Task Verify_ListThatIsNotTheIssuers_OrOldOrAnother_SaysNothing()
    {
        using var thief = IssuerPrivateKey.Generate();
        var another = new TokenKey(thief, "did:key:" + thief.PublicKeyMultibase, thief.PublicKeyMultibase);
        foreach (byte[] served in new[]
        {
            ListOf(another), ListOf(Theirs, url: "https://others.example/lists/2"),
            ListOf(Theirs, end: SampleIssuer.IssuedAt), "nothing"u8.ToArray(), [],
        })
        {
            var verdict = await VerifyAsync(Token(Reference(5)), Answer(served));
            Assert.Equal(ForeignStatusOutcome.NotKnown, verdict.Foreign!.Status.Outcome);
        }

        foreach (var reference in new[]
        {
            Reference(-1), Reference(int.MaxValue),
            new JsonObject { ["status"] = new JsonObject { ["status_list"] = 1 } },
            Entry(5, type: "StatusList2021Entry"), Entry(5, size: 2),
        })
        {
            var verdict = await VerifyAsync(Token(reference), Answer(ListOf(Theirs)));
            Assert.Equal(ForeignStatusOutcome.NotKnown, verdict.Foreign!.Status.Outcome);
        }
    }

    [Theory]
    [InlineData("""{"status": {"status_list": {}}}""")]
    [InlineData("""{"status": {"status_list": {"idx": 5}}}""")]
    [InlineData("""{"status": {"status_list": {"idx": 5, "uri": null}}}""")]
    [InlineData("""{"status": {"status_list": {"idx": 1e30, "uri": "https://others.example/lists/1"}}}""")]
    [InlineData("""{"status": {"status_list": {"idx": "5", "uri": "https://others.example/lists/1"}}}""")]
    [InlineData("""{"credentialStatus": {}}""")]
    [InlineData("""{"credentialStatus": {"type": "BitstringStatusListEntry"}}""")]
    [InlineData("""
        {"credentialStatus": {"type": "BitstringStatusListEntry", "statusPurpose": "revocation",
        "statusListIndex": "99999999999999999999", "statusListCredential": "https://others.example/lists/1"}}
        """)]
    [InlineData("""
        {"credentialStatus": {"type": "BitstringStatusListEntry", "statusPurpose": "revocation",
        "statusListIndex": "5"}}
        """)]
    [InlineData("""{"credentialStatus": "https://others.example/lists/1"}""")]
    public async Task Verify_PlaceInAListThatCannotBeRead_SaysNothing(string place)
    {
        var verdict = await VerifyAsync(Token(JsonNode.Parse(place)!.AsObject()), Answer(ListOf(Theirs)));
        Assert.Equal(ForeignStatusOutcome.NotKnown, verdict.Foreign!.Status.Outcome);
    }

    [Theory]
    [InlineData("exp", "1e300")]
    [InlineData("exp", "99999999999999999")]
    [InlineData("exp", "\"tomorrow\"")]
    [InlineData("status_list", "{}")]
    [InlineData("status_list", """{"bits": 2, "lst": null}""")]
    [InlineData("status_list", """{"bits": 1e10, "lst": "eNo"}""")]
    [InlineData("sub", "[]")]
    public async Task Verify_ListThatCannotBeRead_SaysNothing(string member, string value)
    {
        byte[] list = ForgedToken.Of(ListOf(Theirs)).Change(token => token.Payload[member] = JsonNode.Parse(value))
            .Sign(_key);
        var verdict = await VerifyAsync(Token(Reference(5)), Answer(list));
        Assert.Equal(ForeignStatusOutcome.NotKnown, verdict.Foreign!.Status.Outcome);
    }

    [Fact]
    public async Task Verify_TokenThatIsNoStatusList_OrSaysNotWhenItWasMade_SaysNothing()
    {
        foreach (byte[] served in new[]
        {
            ForgedToken.Of(ListOf(Theirs)).Change(token => token.Header["typ"] = "JWT").Sign(_key),
            ForgedToken.Of(ListOf(Theirs)).Change(token => token.Header.Remove("typ")).Sign(_key),
            ForgedToken.Of(ListOf(Theirs)).Change(token => token.Payload.Remove("iat")).Sign(_key),
            ForgedToken.Of(ListOf(Theirs)).Change(
                token => token.Payload["iat"] = Time.GetUtcNow().AddHours(1).ToUnixTimeSeconds()).Sign(_key),
        })
        {
            var verdict = await VerifyAsync(Token(Reference(5)), Answer(served));
            Assert.Equal(ForeignStatusOutcome.NotKnown, verdict.Foreign!.Status.Outcome);
        }
    }

    /// <summary>One place that cannot be read takes nothing from what the list at another says.</summary>
    [Theory]
    [InlineData(true, false, ForeignStatusOutcome.Revoked)]
    [InlineData(false, true, ForeignStatusOutcome.Suspended)]
    [InlineData(false, false, ForeignStatusOutcome.NotKnown)]
    public async Task Verify_OneListOfSeveralThatCannotBeRead_HidesNothingOfTheOthers(
        bool isRevoked, bool isSuspended, ForeignStatusOutcome outcome)
    {
        // The same is served at both addresses, and is no bitstring.
        foreach (var unreadable in new[] { Entry(5), Entry(5, type: "StatusList2021Entry"), Entry(5, size: 2) })
        {
            unreadable["status"] = Reference(5)["status"]!.DeepClone();
            var verdict = await VerifyAsync(Token(unreadable), Answer(ListOf(Theirs, isRevoked, isSuspended)));
            Assert.Equal(outcome, verdict.Foreign!.Status.Outcome);
        }

        var several = Entry(5, type: "StatusList2021Entry");
        several["credentialStatus"]!.AsArray().Add(Entry(5)["credentialStatus"]![0]!.DeepClone());
        var found = await VerifyAsync(Token(several), Answer(BitstringFor("revocation")));
        Assert.Equal(ForeignStatusOutcome.Revoked, found.Foreign!.Status.Outcome);
    }

    [Theory]
    [InlineData("[\"suspension\", \"revocation\"]", ForeignStatusOutcome.Revoked)]
    [InlineData("[\"suspension\"]", ForeignStatusOutcome.NotKnown)]
    [InlineData("[1, {}]", ForeignStatusOutcome.NotKnown)]
    public async Task Verify_ListForSeveralPurposes_IsReadForTheOneThatIsNamed(
        string purposes, ForeignStatusOutcome outcome)
    {
        byte[] list = ForgedToken.Of(BitstringFor("revocation")).Change(token =>
        {
            token.Payload["credentialSubject"]!["statusPurpose"] = JsonNode.Parse(purposes);
            token.Payload["credentialSubject"]!["type"] = new JsonArray("BitstringStatusList", "Other");
        }).Sign(_key);
        Assert.Equal(
            outcome, (await VerifyAsync(Token(Entry(5)), Answer(list))).Foreign!.Status.Outcome);
    }

    [Theory]
    [InlineData("http://others.example/list")]
    [InlineData("https://127.0.0.1/list")]
    [InlineData("https://[::1]/list")]
    [InlineData("https://10.0.0.1/list")]
    [InlineData("https://user:secret@others.example/list")]
    [InlineData("file:///etc/passwd")]
    [InlineData("no address")]
    public async Task Verify_ListAtAPrivateAddress_IsNotFetched(string url)
    {
        var web = Answer(ListOf(Theirs, url: url));
        var verdict = await VerifyAsync(Token(Reference(5, url)), web);
        Assert.Equal(ForeignStatusOutcome.NotKnown, verdict.Foreign!.Status.Outcome);
        Assert.Equal(0, web.Asked);
    }

    [Fact]
    public async Task Verify_WhoseSignatureDoesNotHold_IsLookedUpNowhere()
    {
        var web = Answer(ListOf(Theirs, isRevoked: true));
        byte[] changed = ForgedToken.Of(Token(Reference(5))).Change(token => token.Payload["name"] = "Other").ToArray();
        Assert.Equal(ForeignStatusOutcome.None, (await VerifyAsync(changed, web)).Foreign!.Status.Outcome);
        byte[] bare = Token(new JsonObject());
        Assert.Equal(ForeignStatusOutcome.None, (await VerifyAsync(bare, web)).Foreign!.Status.Outcome);
        Assert.Equal(0, web.Asked);
    }

    private static JsonObject Reference(int index, string url = Url) => new()
    {
        ["status"] = new JsonObject { ["status_list"] = new JsonObject { ["idx"] = index, ["uri"] = url } },
    };

    private static JsonObject Entry(int index, string type = "BitstringStatusListEntry", int size = 1) => new()
    {
        ["credentialStatus"] = new JsonArray(new JsonObject
        {
            ["type"] = type,
            ["statusPurpose"] = "revocation",
            ["statusSize"] = size,
            ["statusListIndex"] = index.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["statusListCredential"] = Url,
        }),
    };

    private byte[] BitstringFor(string purpose) => ListFor(purpose).SignVcJwt(Theirs);

    private StatusListCredential ListFor(string purpose) => new()
    {
        Url = Url,
        Purpose = purpose,
        Issuer = Theirs.Did,
        ValidFrom = SampleIssuer.IssuedAt,
        ValidUntil = SampleIssuer.IssuedAt.AddYears(9),
        TimeToLive = TimeSpan.FromMinutes(1),
        Bits = Bitstring.Of(Bitstring.MinLength, [5]),
    };

    private byte[] Token(JsonObject status)
    {
        var payload = new JsonObject
        {
            ["@context"] = new JsonArray("https://www.w3.org/ns/credentials/v2"),
            ["type"] = new JsonArray("VerifiableCredential"),
            ["issuer"] = Theirs.Did,
            ["name"] = "Course",
            ["credentialSubject"] = new JsonObject(),
        };
        foreach (var (name, value) in status) payload[name] = value!.DeepClone();
        var header = new JsonObject
        {
            ["alg"] = "ES256",
            ["kid"] = $"{Theirs.Did}#{Theirs.KeyId}",
            ["typ"] = "vc+jwt",
        };
        string empty = $"{ForgedToken.Encode(header)}.{ForgedToken.Encode(payload)}.AA";
        return ForgedToken.Of(Encoding.ASCII.GetBytes(empty)).Sign(_key);
    }

    private static byte[] ListOf(
        TokenKey key, bool isRevoked = false, bool isSuspended = false, string url = Url, DateTimeOffset? end = null) =>
        new TokenStatusList
        {
            Url = url,
            IssuedAt = SampleIssuer.IssuedAt,
            ExpiresAt = end ?? SampleIssuer.IssuedAt.AddYears(9),
            TimeToLive = TimeSpan.FromMinutes(1),
            Statuses = TokenStatuses.Of(
                Bitstring.Of(Bitstring.MinLength, isRevoked ? [5] : []),
                Bitstring.Of(Bitstring.MinLength, isSuspended ? [5] : [])),
        }.SignJwt(key);

    private async Task<Verdict> VerifyAsync(byte[] received, Page web)
    {
        using var signatures = new ForeignSignatures(web: null, Time);
        using var statuses = new ForeignStatuses(new SafeFetcher(ForeignStatuses.Limits, web), signatures, Time);
        return await new ReceivedVerifier(Verifier, signatures, statuses).VerifyAsync(
            received, cancellationToken: TestContext.Current.CancellationToken);
    }

    private static Page Answer(byte[] body) => new(body);

    private sealed class Page(byte[] body) : HttpMessageHandler
    {
        public int Asked { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked++;
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(body) });
        }
    }
}
