using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Tests.Fabric.DevNetwork;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway.Wallets;

/// <summary>
/// A gateway that has somebody trusted attest a wallet's keys (OpenID4VCI 1.0, appendix D), by a proof and without one.
/// </summary>
[Collection(HighAssuranceGateways.Name)]
public sealed class KeyAttestationTests(HighAssuranceFixture haip)
{
    private const string Credential = "/wallet/credential";

    private readonly SampleWallet _wallet = haip.KeyedWallet;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> BadAttestations => new()
    {
        { "none", "key_attestations_required" }, { "stranger", "No authority named by WalletKeyAttesters" },
        { "another's signature", "not signed" }, { "ended", "has ended" }, { "no exp", "exp" }, { "no iat", "iat" },
        { "another's nonce", "nonce" }, { "another key", "one of the keys" }, { "no keys", "attested_keys" },
        { "too many keys", "attested_keys" }, { "private key", "without the private part" },
        { "low storage", "key_storage must name one of iso_18045_high" }, { "no storage", "key_storage" },
        { "low authentication", "user_authentication" }, { "typ", "typ" }, { "no x5c", "x5c" },
    };

    [Fact]
    public async Task Metadata_SayThatKeysAreAttested_AndHow()
    {
        var issuer = JsonNode.Parse(await haip.Keyed.Anyone.GetStringAsync(
            "/.well-known/openid-credential-issuer", Cancellation))!;
        var types = issuer["credential_configurations_supported"]![SampleWallet.SdJwt]!["proof_types_supported"]!;
        Assert.Equal(["jwt", "attestation"], types.AsObject().Select(one => one.Key));
        Assert.All(types.AsObject(), type => Assert.Equal(
            """{"key_storage":["iso_18045_high","iso_18045_moderate"],"user_authentication":["iso_18045_high"]}""",
            type.Value!["key_attestations_required"]!.ToJsonString()));
    }

    [Theory]
    [InlineData("jwk")]
    [InlineData("place")]
    [InlineData("name")]
    public async Task Proof_WithAnAttestation_BindsACopyToEachKeyThatIsAttested(string named)
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string attested = haip.AttestKeys([other, _wallet.Key], claims: it =>
        {
            if (named == "name") it["attested_keys"]![1]!["kid"] = "mine";
        });
        string proof = await _wallet.ProofAsync(header =>
        {
            header["key_attestation"] = attested;
            if (named == "jwk") return;
            header.Remove("jwk");
            header["kid"] = named == "name" ? "mine" : "1";
        });
        string token = await _wallet.AccessAsync(await haip.KeyedOfferAsync($"Attested {named}"));
        await BoundAsync([other, _wallet.Key], await _wallet.CredentialAsync(token, proof));
    }

    [Fact]
    public async Task Attestation_Alone_BindsACopyToEachKey_AndIsGoodOnce()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string token = await _wallet.AccessAsync(await haip.KeyedOfferAsync("Attested Alone"));
        string attested = haip.AttestKeys([_wallet.Key, other], await _wallet.NonceAsync());
        await BoundAsync([_wallet.Key, other], await AskAsync(token, attested));
        WalletRefusalTests.Refused("invalid_nonce", await AskAsync(token, attested));
        WalletRefusalTests.Refused("invalid_proof", await AskAsync(token, haip.AttestKeys([_wallet.Key])));
        string nonce = await _wallet.NonceAsync();
        WalletRefusalTests.Refused("invalid_proof", await AskAsync(
            token, haip.AttestKeys([_wallet.Key], nonce), haip.AttestKeys([other], nonce)));
        WalletRefusalTests.Refused("invalid_proof", await AskAsync(
            token, haip.AttestKeys([_wallet.Key], nonce, it => it["exp"] = 1)));
        Assert.Equal(200, (await AskAsync(token, haip.AttestKeys([_wallet.Key], nonce))).Status);
    }

    [Theory]
    [MemberData(nameof(BadAttestations))]
    public async Task Attestation_ThatIsNotGood_IsRefused_AndOneThatIsTakesTheToken(string fault, string told)
    {
        string token = await _wallet.AccessAsync(await haip.KeyedOfferAsync($"Badly Attested {fault}"));
        var answer = await _wallet.CredentialAsync(token, await ProofAsync(Bad(fault)));
        WalletRefusalTests.Refused("invalid_proof", answer);
        Assert.Contains(told, (string)answer.Body["error_description"]!, StringComparison.Ordinal);
        Assert.Equal(200, (await _wallet.CredentialAsync(
            token, await ProofAsync(haip.AttestKeys([_wallet.Key])))).Status);
    }

    [Fact]
    public async Task Attestation_WhereNobodyIsTrusted_IsRefusedByItself_AndInAProofDecidesNothing()
    {
        // The other gateway asks for proofs of keys alone: they stand for themselves, whatever else is said of a key.
        string token = await haip.AccessAsync("Not Attested");
        string nonce = await haip.Wallet.NonceAsync();
        JsonObject Wanted(string type, string proof) => new()
        {
            ["credential_configuration_id"] = SampleWallet.SdJwt,
            ["proofs"] = new JsonObject { [type] = new JsonArray(proof) },
        };
        using var alone = await haip.SendAsync(
            Credential, token, Wanted("attestation", haip.AttestKeys([haip.Wallet.Key], nonce)).ToJsonString(),
            "application/json");
        var body = JsonNode.Parse(await alone.Content.ReadAsStringAsync(Cancellation))!;
        WalletRefusalTests.Refused("invalid_proof", ((int)alone.StatusCode, body));
        Assert.Contains("attestation is not taken", (string)body["error_description"]!, StringComparison.Ordinal);
        string proof = await haip.Wallet.ProofAsync(header => header["key_attestation"] = "not.looked.at");
        using var given = await haip.SendAsync(
            Credential, token, Wanted("jwt", proof).ToJsonString(), "application/json");
        Assert.Equal(200, (int)given.StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Credo_WithKeysThatItsProviderAttests_Fetches(bool isFresh)
    {
        string folder = await NodePrograms.InstallAsync("wallets", Cancellation);
        var offer = await haip.KeyedOfferAsync($"Attested By A Provider {isFresh}");
        var (key, chain) = haip.Attester;
        var got = await RunAsync(folder, new JsonObject
        {
            ["offer"] = (string)offer["link"]!,
            ["copies"] = 2,
            ["attester"] = new JsonObject
            {
                ["key"] = key,
                ["chain"] = new JsonArray([.. chain.Select(one => (JsonNode)one)]),
                ["storage"] = new JsonArray("iso_18045_high"),
                ["authentication"] = new JsonArray("iso_18045_high"),
                ["isFresh"] = isFresh,
            },
        });
        string[] copies = [.. got["credentials"]![0]!.AsArray().Select(one => (string)one!)];
        Assert.Equal(
            got["keys"]!.AsArray().Select(one => (string)one!["x"]!),
            copies.Select(one => (string)SampleWallet.ClaimsOf(one.Split('~')[0])["cnf"]!["jwk"]!["x"]!));
        foreach (string copy in copies)
            Assert.Equal("valid", await haip.Keyed.VerdictAsync(Encoding.ASCII.GetBytes(copy)));
    }

    private Task<(int Status, JsonNode Body)> AskAsync(string token, params string[] attestations) =>
        _wallet.AskAsync(Credential, token, new JsonObject
        {
            ["credential_configuration_id"] = SampleWallet.SdJwt,
            ["proofs"] = new JsonObject
            {
                ["attestation"] = new JsonArray([.. attestations.Select(one => (JsonNode)one)]),
            },
        });

    private Task<string> ProofAsync(string? attested) => _wallet.ProofAsync(header =>
    {
        if (attested is not null) header["key_attestation"] = attested;
    });

    private string? Bad(string fault)
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        ECDsa[] keys = [_wallet.Key];
        string Claims(Action<JsonObject> change) => haip.AttestKeys(keys, claims: change);
        return fault switch
        {
            "none" => null,
            "stranger" => haip.AttestKeys(keys, chain: HighAssuranceFixture.Stranger()),
            "another's signature" => haip.AttestKeys(keys, by: other),
            "ended" => Claims(it => it["exp"] = DateTimeOffset.UtcNow.AddHours(-1).ToUnixTimeSeconds()),
            "no exp" => Claims(it => it.Remove("exp")),
            "no iat" => Claims(it => it.Remove("iat")),
            "another's nonce" => haip.AttestKeys(keys, "another"),
            "another key" => haip.AttestKeys([other]),
            "no keys" => haip.AttestKeys([]),
            "too many keys" => haip.AttestKeys(Enumerable.Repeat(other, 21)),
            "private key" => Claims(it => it["attested_keys"]![0]!["d"] = "AAAA"),
            "low storage" => Claims(it => it["key_storage"] = new JsonArray("iso_18045_basic")),
            "no storage" => Claims(it => it.Remove("key_storage")),
            "low authentication" => Claims(it => it["user_authentication"] = "iso_18045_high"),
            "typ" => haip.AttestKeys(keys, type: "JWT"),
            _ => haip.AttestKeys(keys, chain: []),
        };
    }

    private async Task BoundAsync(ECDsa[] keys, (int Status, JsonNode Body) answer)
    {
        Assert.True(answer.Status == 200, answer.Body.ToJsonString());
        string[] copies = [.. answer.Body["credentials"]!.AsArray().Select(one => (string)one!["credential"]!)];
        Assert.Equal(
            keys.Select(key => (string)SampleWallet.JwkOf(key)["x"]!),
            copies.Select(one => (string)SampleWallet.ClaimsOf(one.Split('~')[0])["cnf"]!["jwk"]!["x"]!));
        Assert.Equal("valid", await haip.Keyed.VerdictAsync(Encoding.ASCII.GetBytes(copies[^1])));
    }

    private async Task<JsonNode> RunAsync(string folder, JsonObject input)
    {
        input["issuerDocument"] = JsonNode.Parse(await haip.Keyed.Anyone.GetStringAsync(
            "/.well-known/did.json", Cancellation));
        return await CredoWalletTests.RunWalletAsync(folder, input);
    }
}
