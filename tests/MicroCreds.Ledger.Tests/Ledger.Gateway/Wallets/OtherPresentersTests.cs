using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Fabric.DevNetwork;
using MicroCreds.Ledger.Tests.Ledger.Credentials.Forms;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway.Wallets;

/// <summary>
/// VC-JWTs and Data Integrity documents in presentations that software of others makes, unmodified: what is right with
/// them is taken, and what is not is refused for what it is.
/// </summary>
public sealed class OtherPresentersTests(PresentationFixture presenting) : IClassFixture<PresentationFixture>
{
    private const string Another = "another";
    private const string VcJwtForm = "micro-credential-jwt";

    private static readonly string[] All = ["wrong nonce", "wrong audience", "other holder", "valid"];

    private static readonly (string Way, string Format, KeyAlgorithm Key)[] Ways =
    [
        ("did-jwt-vc", "jwt_vc_json", KeyAlgorithm.P256), ("did-jwt-vc", "jwt_vc_json", KeyAlgorithm.Ed25519),
        ("jose", "jwt_vc_json", KeyAlgorithm.P256), ("jose", "jwt_vc_json", KeyAlgorithm.Ed25519),
        ("@digitalbazaar/vc", "ldp_vc", KeyAlgorithm.P256), ("@digitalbazaar/vc", "ldp_vc", KeyAlgorithm.Ed25519),
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Presented_ByItsHolder_IsTaken_AndForAnyOtherOccasionPartyOrHolder_IsRefused()
    {
        string programs = await NodePrograms.InstallAsync("interop", Cancellation);
        using var presenter = new SamplePresenter("", PresentationFixture.AnotherKey());
        using var thief = IssuerPrivateKey.Generate();
        var cases = new List<Case>();
        foreach (var algorithm in new[] { KeyAlgorithm.P256, KeyAlgorithm.Ed25519 })
        {
            using var holder = IssuerPrivateKey.Generate(algorithm);
            string standing = await IssueAsync($"Standing {algorithm}", holder);
            string revoked = await IssueAsync($"Revoked {algorithm}", holder);
            foreach (var (way, format, _) in Ways.Where(one => one.Key == algorithm))
            {
                var of = new Presented($"{way} / {algorithm}", way, await ReadAsync(standing, format), holder);
                cases.AddRange(await CasesAsync(presenter, format, of, thief, All));
                of = of with { Credential = await ReadAsync(revoked, format) };
                cases.AddRange(await CasesAsync(presenter, format, of, thief, ["revoked"]));
            }

            await GatewayHost.OkAsync(await presenting.Issuer.PostAsync(
                $"/v1/credentials/{revoked}/revocation", new { reason = "issuedInError" }));
        }

        // What a wallet fetched is bound to its key by the token alone.
        using var wallet = IssuerPrivateKey.Generate();
        var fetched = new Presented("jose / fetched", "jose", await FetchAsync(wallet), wallet);
        cases.AddRange(await CasesAsync(presenter, "jwt_vc_json", fetched, thief, All));
        var presentations = await PresentAsync(programs, cases);
        foreach (var one in cases) await JudgeAsync(presenter, one, presentations[one.Name]);
    }

    private async Task JudgeAsync(SamplePresenter presenter, Case one, JsonNode presentation)
    {
        var answer = await presenter.AnswerAsync(one.Request, new JsonObject
        {
            ["vp_token"] = new JsonObject { ["credential"] = new JsonArray(presentation.DeepClone()) },
            ["state"] = one.Request.State,
        });
        if (one.Refused is { } code)
        {
            WalletRefusalTests.Refused("invalid_request", answer);
            string said = (string)answer.Body["error_description"]!;
            Assert.True(said.Contains(code, StringComparison.Ordinal), $"{one.Name}: {said}");
            Assert.Equal("waiting", (string?)(await presenting.ReadAsync(one.Asked))["state"]);
            return;
        }

        Assert.True(answer.Status == 200, $"{one.Name}: {answer.Body}");
        bool isRevoked = one.Fault == "revoked";
        JsonNode? read = null;
        await Until.TrueAsync(
            async () =>
            {
                read = (await presenting.ReadAsync(one.Asked))["credentials"]!.AsArray().Single()!;
                return (PresentationTests.CodeOf(read, "status") == "revoked") == isRevoked;
            },
            () => $"{one.Name}: {read}");
        Assert.Equal(isRevoked ? "invalid" : "valid", (string?)read!["verdict"]!["verdict"]);
        Assert.Equal("holderProven", PresentationTests.CodeOf(read, "holder"));
    }

    private async Task<(JsonNode Asked, AskedRequest Request)> AskAsync(SamplePresenter presenter, string format)
    {
        var query = new JsonObject
        {
            ["id"] = "credential",
            ["format"] = format,
            ["meta"] = new JsonObject
            {
                ["type_values"] = new JsonArray(new JsonArray("VerifiableCredential", "AchievementCredential")),
            },
            ["claims"] = new JsonArray(new JsonObject { ["path"] = new JsonArray("credentialSubject", "name") }),
        };
        var asked = await presenting.AskAsync(
            new JsonObject { ["dcqlQuery"] = new JsonObject { ["credentials"] = new JsonArray(query) } });
        return (asked, await presenter.FetchAsync((string)asked["link"]!));
    }

    private async Task<IEnumerable<Case>> CasesAsync(
        SamplePresenter presenter, string format, Presented of, IssuerPrivateKey thief, string[] faults)
    {
        var (asked, request) = await AskAsync(presenter, format);
        return faults.Select(fault => CaseOf(of, fault, thief, asked, request));
    }

    private async Task<string> FetchAsync(IssuerPrivateKey key)
    {
        using var wallet = new SampleWallet(presenting.Issuer.Anyone.BaseAddress!);
        wallet.Key.ImportFromPem(key.ToPem());
        string id = GatewayHost.IdOf(await presenting.Issuer.IssueAsync("Fetched"))["urn:uuid:".Length..];
        using var made = await GatewayHost.OkAsync(await presenting.Issuer.PostAsync(
            $"/v1/credentials/{id}/wallet-offers", new { forms = (string[])[VcJwtForm] }));
        var offer = (await made.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!;
        var (_, given) = await wallet.AskAsync(
            "/wallet/credential", await wallet.AccessAsync(offer), new JsonObject
            {
                ["credential_configuration_id"] = VcJwtForm,
                ["proofs"] = new JsonObject { ["jwt"] = new JsonArray(await wallet.ProofAsync()) },
            });
        return (string)given["credentials"]![0]!["credential"]!;
    }

    private async Task<string> ReadAsync(string id, string format)
    {
        using var read = new HttpRequestMessage(HttpMethod.Get, $"/v1/credentials/{id}");
        read.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(
            format == "ldp_vc" ? "application/vc" : "application/vc+jwt"));
        using var answer = await GatewayHost.OkAsync(await presenting.Issuer.Registrar.SendAsync(read, Cancellation));
        return await answer.Content.ReadAsStringAsync(Cancellation);
    }

    private static Case CaseOf(
        Presented of, string fault, IssuerPrivateKey thief, JsonNode asked, AskedRequest request)
    {
        string name = $"{of.Name} / {fault}";
        var input = new JsonObject
        {
            ["name"] = name,
            ["way"] = of.Way,
            ["credential"] = of.Credential,
            ["jwk"] = HolderKeys.PrivateOf(fault == "other holder" ? thief : of.Holder),
            ["audience"] = fault == "wrong audience" ? "x509_san_dns:evil.example" : request.Client,
            ["nonce"] = fault == "wrong nonce" ? Another : request.Nonce,
        };
        string? refused = fault switch
        {
            "wrong nonce" or "wrong audience" => "holderProofElsewhere",
            "other holder" => "holderProofForged",
            _ => null,
        };
        return new Case(name, fault, refused, asked, request, input);
    }

    private async Task<string> IssueAsync(string name, IssuerPrivateKey holder)
    {
        var row = GatewayHost.Row(name);
        row["recipient"]!["key"] = JsonNode.Parse(HolderKeys.PublicOf(holder).GetRawText());
        using var issued = await GatewayHost.OkAsync(await presenting.Issuer.PostAsync("/v1/credentials", row));
        return GatewayHost.IdOf(await issued.Content.ReadAsByteArrayAsync(Cancellation))["urn:uuid:".Length..];
    }

    private static async Task<Dictionary<string, JsonNode>> PresentAsync(string programs, List<Case> cases)
    {
        string file = Path.GetTempFileName();
        try
        {
            var inputs = new JsonArray([.. cases.Select(one => one.Input.DeepClone())]);
            await File.WriteAllTextAsync(file, inputs.ToJsonString(), Cancellation);
            var (exitCode, output) = await NodePrograms.RunAsync(
                NodePrograms.Start("node", ["present.mjs", file], programs), Until.Patience, Cancellation);
            Assert.True(exitCode == 0, output);
            return output.Split('\n').Where(line => line.StartsWith('{')).Select(line => JsonNode.Parse(line)!)
                .ToDictionary(said => (string)said["name"]!, said => said["presentation"]!);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>What is presented.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Way">Who presents it.</param>
    /// <param name="Credential">The credential.</param>
    /// <param name="Holder">The key that it is bound to.</param>
    private sealed record Presented(string Name, string Way, string Credential, IssuerPrivateKey Holder);

    /// <summary>A presentation as it is made.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Fault">What is wrong with it, or with its credential.</param>
    /// <param name="Refused">The code that its wallet is told; null if it is taken.</param>
    /// <param name="Asked">What was asked for, as who asked sees it.</param>
    /// <param name="Request">As the wallet sees it.</param>
    /// <param name="Input">What the program reads.</param>
    private sealed record Case(
        string Name, string Fault, string? Refused, JsonNode Asked, AskedRequest Request, JsonObject Input);
}
