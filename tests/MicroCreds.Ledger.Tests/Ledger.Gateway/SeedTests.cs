using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.Credentials;
using MicroCreds.Ledger.Tests.Ledger.Store;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>Documents are made of their seeds whenever they are asked for.</summary>
public sealed class SeedTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private GatewayHost Issuer => gateways.Issuer;

    [Fact]
    public async Task Read_LoneCredential_IsByteForByteWhatWasAnswered_AfterARestartToo()
    {
        byte[] issued = await Issuer.IssueAsync("Same For Ever");
        Assert.Equal(issued, await ReadAsync(Issuer, GatewayHost.IdOf(issued)));
        await Issuer.RestartAsync();
        Assert.Equal(issued, await ReadAsync(Issuer, GatewayHost.IdOf(issued)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(600)]
    public async Task Read_BatchOfAnySize_EveryDocumentIsWholeAndAnchored(int size)
    {
        string run = $"{size}-{Guid.NewGuid():n}";
        string[] lines = await IssueBatchAsync(Issuer, [.. Enumerable.Range(0, size).Select(i => $"Row {i} of {run}")]);
        Assert.Equal(size, lines.Length);
        for (int i = 0; i < size; i++)
        {
            var json = JsonNode.Parse(lines[i])!;
            Assert.Equal($"Row {i} of {run}", (string?)json["credentialSubject"]!["name"]);
            if (i % 50 == 0) Assert.Equal("valid", await Issuer.VerdictAsync(Encoding.UTF8.GetBytes(lines[i])));
        }

        // A lone one is read by another way than a list, and says the same but for the signature.
        byte[] lone = await ReadAsync(Issuer, (string)JsonNode.Parse(lines[^1])!["id"]!);
        Assert.Equal(WithoutProof(Encoding.UTF8.GetBytes(lines[^1])), WithoutProof(lone));
        Assert.Equal("valid", await Issuer.VerdictAsync(lone));
    }

    [Fact]
    public async Task Read_KeyOfTheIssuanceWithdrawn_TheKeyInForceSigns_AndItIsValidElsewhere()
    {
        await using var gateway = await GatewayHost.StartAsync(gateways[LedgerFixture.Tejo]);
        await gateway.PrepareAsync();
        string line = Assert.Single(await IssueBatchAsync(gateway, ["Signed Later"]));
        string former = (string)JsonNode.Parse(line)!["ledgerAnchor"]!["keyId"]!;
        await GatewayHost.OkAsync(await gateway.PostAsync("/v1/institution/keys", new { }));
        await GatewayHost.OkAsync(await gateway.PostAsync($"/v1/institution/keys/{former}/revocation", new { }));

        byte[] document = await ReadAsync(gateway, (string)JsonNode.Parse(line)!["id"]!);
        string method = (string)JsonNode.Parse(document)!["proof"]![0]!["verificationMethod"]!;
        Assert.DoesNotContain(former, method, StringComparison.Ordinal);
        Assert.Equal(WithoutProof(Encoding.UTF8.GetBytes(line)), WithoutProof(document));
        foreach (var host in (GatewayHost[])[gateway, gateways.Partner])
        {
            await Until.TrueAsync(
                async () => await host.VerdictAsync(document) == "valid", () => $"It is not valid at {host.MspId}.");
        }
    }

    [Theory]
    [InlineData("application/vc+jwt")]
    [InlineData("application/dc+sd-jwt")]
    [InlineData("application/vc")]
    public async Task Read_InstitutionChangedSince_TheDocumentSaysWhatItSaid_AndIsValidInEveryForm(string mediaType)
    {
        await using var ledger = new LedgerFixture();
        await ledger.InitializeAsync();
        await using var gateway = await GatewayHost.StartAsync(ledger[LedgerFixture.Aurora]);
        await gateway.PrepareAsync();
        string line = Assert.Single(await IssueBatchAsync(gateway, ["Under the First"]));
        var changed = gateway.Profile();
        changed["did"] = "did:web:north.example";
        changed["name"] = "University of the North";
        await GatewayHost.OkAsync(await gateway.Registrar.PutAsJsonAsync("/v1/institution", changed, Cancelled));
        await gateway.Member.ConfirmAsync();
        await gateway.SaysAsync($"/v1/institutions/{gateway.MspId}", "\"did\":\"did:web:north.example\"");

        byte[] document = await ReadAsync(gateway, (string)JsonNode.Parse(line)!["id"]!, mediaType);
        var verdict = await gateway.VerifyAsync(document);
        Assert.True((string?)verdict["verdict"] == "valid", verdict.ToJsonString());
        Assert.Equal(gateway.Member.Institution.Name, (string?)verdict["credential"]!["issuerName"]);
    }

    [Fact]
    public async Task Read_SeedDamagedInTheStore_IsNotHandedOut()
    {
        string line = Assert.Single(await IssueBatchAsync(Issuer, ["Damaged One"]));
        var id = Guid.Parse(((string)JsonNode.Parse(line)!["id"]!)["urn:uuid:".Length..]);
        var documents = Issuer.Services.GetRequiredService<DocumentStore>();
        var maker = Issuer.Services.GetRequiredService<DocumentMaker>();
        var stored = documents.Find(id)!.Document;
        Assert.Equal(
            WithoutProof(Encoding.UTF8.GetBytes(line)), Encoding.UTF8.GetString(maker.Make(stored).WithAnchor()));

        var seed = CredentialSeed.FromCbor(stored.Kept.Bytes);
        var other = stored with { Kept = stored.Kept with { Bytes = (seed with { Name = "Other" }).ToCbor() } };
        Assert.Contains(
            "does not come out as it was issued",
            Assert.Throws<InvalidDataException>(() => maker.Make(other)).Message, StringComparison.Ordinal);
        var cut = stored with { Kept = stored.Kept with { Bytes = stored.Kept.Bytes[..^3] } };
        Assert.Throws<InvalidDataException>(() => maker.Make(cut));
    }

    [Fact]
    public void Keep_WhatIsNoSeed_IsKeptWhole()
    {
        using var issuer = new SampleIssuer();
        var template = new CredentialTemplate(issuer.Achievement, issuer.Institution, issuer.Context);
        var seed = CredentialSeed.Draw(SampleIssuer.Request(), SampleIssuer.IssuedAt, [NoPlace]);
        var (kept, credential) = IssuanceBuilder.Keep(template, seed, leaf: 0, templateNumber: 5);
        Assert.Null(kept.Template);
        Assert.Equal(credential.Canonical.ToArray(), new PackedDocument(kept.Bytes).Unpack());
        Assert.Equal(
            credential.LeafHash(),
            UnsignedCredential.FromCanonical(new PackedDocument(kept.Bytes).Unpack()).LeafHash());
    }

    [Fact]
    public async Task Store_WholeDocument_IsHandedOutAsItWas()
    {
        using var issuer = new SampleIssuer();
        byte[] document = issuer.Issue().Documents[0];
        var id = Guid.Parse(((string)JsonNode.Parse(document)!["id"]!)["urn:uuid:".Length..]);
        await using var sample = await SampleStore.NewAsync(isPostgres: false);
        await using var store = await GatewayStore.OpenAsync(sample.Place);
        var (issuance, _) = await SampleStore.AddOneAsync(
            new IssuanceStore(store),
            document: new StoredDocument(id, 0, 0, 1, new KeptDocument(PackedDocument.Of(document).Bytes)));
        Assert.Equal(1, issuance.Size);
        var documents = new DocumentStore(store);
        var made = new DocumentMaker(new IssuanceStore(store), documents).Make(documents.Find(id)!.Document);
        Assert.Equal(document, made.WithFirstProof());
        Assert.Equal((issuer.Institution.Did, "key-1"), (made.Did, made.KeyId));
    }

    // A place that is no hash cannot be written as one.
    private static CredentialPart NoPlace { get; } =
        new("urn:uuid:018f0000-0000-7000-8000-000000000001", "A part", "BorealMSP", "no hash", 7);

    private static async Task<string[]> IssueBatchAsync(GatewayHost gateway, string[] names)
    {
        var answer = await GatewayHost.OkAsync(
            await gateway.PostAsync("/v1/batches", new JsonArray([.. names.Select(name => GatewayHost.Row(name))])));
        var batch = await answer.Content.ReadFromJsonAsync<JsonNode>(Cancelled);
        string address = $"/v1/batches/{batch!["id"]}";
        string said = "";
        await Until.TrueAsync(
            async () => (said = await gateway.Registrar.GetStringAsync(address, Cancelled))
                .Contains("\"state\":\"issued\"", StringComparison.Ordinal),
            () => said);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{address}/credentials");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/x-ndjson"));
        using var list = await gateway.Registrar.SendAsync(request, Cancelled);
        return (await list.Content.ReadAsStringAsync(Cancelled)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static async Task<byte[]> ReadAsync(GatewayHost gateway, string id, string mediaType = "application/vc")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/credentials/{id}");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(mediaType));
        using var answer = await gateway.Registrar.SendAsync(request, Cancelled);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsByteArrayAsync(Cancelled);
    }

    private static string WithoutProof(byte[] document)
    {
        var json = JsonNode.Parse(document)!.AsObject();
        json.Remove("proof");
        return Encoding.UTF8.GetString(CanonicalJson.Canonicalize(json));
    }
}
