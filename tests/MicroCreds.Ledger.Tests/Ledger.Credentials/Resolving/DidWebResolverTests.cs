using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Fetching;
using MicroCreds.Ledger.Credentials.Resolving;
using MicroCreds.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Resolving;

public sealed class DidWebResolverTests : IDisposable
{
    private const string Did = "did:web:aurora.example";

    private readonly SampleIssuer _issuer = new();

    private JsonObject Document => IssuerIdentity.DidDocument(_issuer.Institution);

    public void Dispose() => _issuer.Dispose();

    [Theory]
    [InlineData("did:web:aurora.example", "https://aurora.example/.well-known/did.json")]
    [InlineData("did:web:aurora.example:issuers:main", "https://aurora.example/issuers/main/did.json")]
    [InlineData("did:web:xn--bcher-kva.example", "https://xn--bcher-kva.example/.well-known/did.json")]
    public async Task Resolve_AsksTheAddressOfTheDid(string did, string address)
    {
        var site = new Site(Answer(Document));
        using var resolver = new DidWebResolver(null, site);
        if (did == Did) await ResolveAsync(resolver, did);
        else await Assert.ThrowsAsync<DidResolutionException>(() => ResolveAsync(resolver, did));
        Assert.Equal([address], site.Asked);
    }

    [Theory]
    [InlineData(KeyAlgorithm.P256)]
    [InlineData(KeyAlgorithm.Ed25519)]
    public async Task Resolve_ACredentialsIssuer_GivesTheKeyOfEveryForm(KeyAlgorithm algorithm)
    {
        using var issuer = new SampleIssuer(algorithm: algorithm);
        byte[] document = issuer.Issue().Documents[0];
        var writer = new CredentialFormWriter(issuer.Key, Did, "key-1");
        using var resolver = new DidWebResolver(null, new Site(Answer(IssuerIdentity.DidDocument(issuer.Institution))));
        var resolved = await ResolveAsync(resolver, Did);
        foreach (byte[] form in new[] { document, writer.WriteVcJwt(document), writer.WriteSdJwt(document) })
        {
            var credential = CredentialReader.Read(form);
            var key = resolved.FindKey(credential);
            Assert.NotNull(key);
            Assert.True(credential.IsSignedBy(key.Key));
            Assert.True(key.IsForAssertions);
            Assert.True(key.IsTrustedAt(SampleIssuer.IssuedAt));
        }
    }

    [Fact]
    public async Task Resolve_WithdrawnKey_IsTrustedNoMore()
    {
        _issuer.SetKeyLife(key => key with
        {
            RevokedAt = SampleIssuer.IssuedAt.AddDays(2),
            CompromisedSince = SampleIssuer.IssuedAt.AddDays(1),
        });
        using var resolver = new DidWebResolver(null, new Site(Answer(Document)));
        var keys = (await ResolveAsync(resolver, Did)).Keys;
        var withdrawn = keys.First(key => key.Id == Did + "#key-1");

        // A thief can write any time into a proof, so it is not trusted for an earlier one either.
        Assert.False(withdrawn.IsTrustedAt(SampleIssuer.IssuedAt));
        Assert.Equal(SampleIssuer.IssuedAt.AddDays(1), withdrawn.Revoked);
        Assert.True(keys.First(key => key.Id == Did + "#key-2").IsTrustedAt(SampleIssuer.IssuedAt.AddDays(3)));
    }

    [Theory]
    [InlineData("did:key:z6Mkf5rGMoatrSj1f4CyvuHBeXJELe9RPdzo2PKGNCKVtZxP")]
    [InlineData("did:web:")]
    [InlineData("did:web:localhost")]
    [InlineData("did:web:printer.local")]
    [InlineData("did:web:metadata.google.internal")]
    [InlineData("did:web:127.0.0.1")]
    [InlineData("did:web:169.254.169.254")]
    [InlineData("did:web:2130706433")]
    [InlineData("did:web:0x7f.1")]
    [InlineData("did:web:[::1]")]
    [InlineData("did:web:aurora.example%3A8080")]
    [InlineData("did:web:user@aurora.example")]
    [InlineData("did:web:aurora.example:..:secret")]
    [InlineData("did:web:aurora.example:a%2Fb")]
    [InlineData("did:web:aurora.example:a/b")]
    [InlineData("did:web:aurora.example#key-1")]
    [InlineData("did:web:aurora.example?x")]
    [InlineData("did:web:AURORA.example")]
    [InlineData("did:web:aurora.example\n")]
    public async Task Resolve_DidThatMustNotBeFollowed_AsksNobody(string did)
    {
        var site = new Site(Answer(Document));
        using var resolver = new DidWebResolver(null, site);
        await Assert.ThrowsAsync<DidResolutionException>(() => ResolveAsync(resolver, did));
        Assert.Empty(site.Asked);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.9.9.9")]
    [InlineData("0.0.0.0")]
    [InlineData("10.1.2.3")]
    [InlineData("100.64.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::1")]
    [InlineData("::")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("fe80::1")]
    [InlineData("fc00::1")]
    [InlineData("fd12:3456::1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("2001:0:53aa:64c::1")]
    [InlineData("ff02::1")]
    public async Task Resolve_NameOfANonPublicAddress_ConnectsNowhere(string address)
    {
        // Also where a public address stands beside it: which of them is taken is up to chance.
        foreach (var addresses in new[]
            { [IPAddress.Parse(address)], new[] { IPAddress.Parse("93.184.215.14"), IPAddress.Parse(address) } })
        {
            using var handler = SafeFetcher.CreateHandler((_, _) => Task.FromResult(addresses), new FetchOptions());
            using var resolver = new DidWebResolver(null, handler);
            var refused = await Assert.ThrowsAsync<DidResolutionException>(() => ResolveAsync(resolver, Did));
            Assert.Contains("not a public address", refused.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("93.184.215.14")]
    [InlineData("172.32.0.1")]
    [InlineData("2606:2800:21f:cb07:6820:80da:af6b:8b2c")]
    public void PublicAddresses_Contain_WhatIsPublic(string address) =>
        Assert.True(PublicAddresses.Contain(IPAddress.Parse(address)));

    [Theory]
    [InlineData(HttpStatusCode.MovedPermanently)]
    [InlineData(HttpStatusCode.Found)]
    [InlineData(HttpStatusCode.TemporaryRedirect)]
    [InlineData(HttpStatusCode.NotFound)]
    [InlineData(HttpStatusCode.InternalServerError)]
    public async Task Resolve_RedirectOrFailure_IsRefused(HttpStatusCode status)
    {
        var site = new Site(() =>
        {
            var answer = Answer(Document)();
            answer.StatusCode = status;
            answer.Headers.Location = new Uri("https://127.0.0.1/did.json");
            return answer;
        });
        using var resolver = new DidWebResolver(null, site);
        await Assert.ThrowsAsync<DidResolutionException>(() => ResolveAsync(resolver, Did));
        Assert.Single(site.Asked);
    }

    [Fact]
    public void CreateHandler_FollowsNoRedirectAndNoProxy()
    {
        using var handler = SafeFetcher.CreateHandler(Dns.GetHostAddressesAsync, new FetchOptions());
        Assert.False(handler.AllowAutoRedirect);
        Assert.False(handler.UseProxy);
        Assert.False(handler.UseCookies);
        Assert.Equal(DecompressionMethods.None, handler.AutomaticDecompression);
    }

    public static TheoryData<string> NoDocuments =>
    [
        "", "[]", "null", "<html></html>", "{}", "{\"id\":\"did:web:evil.example\"}",
        "{\"id\":\"did:web:aurora.example\",\"id\":\"did:web:aurora.example\"}",
    ];

    [Theory]
    [MemberData(nameof(NoDocuments))]
    public async Task Resolve_NotTheDocumentOfTheDid_IsRefused(string text)
    {
        using var resolver = new DidWebResolver(null, new Site(() => new HttpResponseMessage
        { Content = new StringContent(text) }));
        await Assert.ThrowsAsync<DidResolutionException>(() => ResolveAsync(resolver, Did));
    }

    [Fact]
    public async Task Resolve_Oversize_IsRefusedBeforeItIsRead()
    {
        using var resolver = new DidWebResolver(
            new DidWebOptions { MaxDocumentBytes = 1000 },
            new Site(() => new HttpResponseMessage { Content = new StreamContent(new EndlessStream()) }));
        await Assert.ThrowsAsync<DidResolutionException>(() => ResolveAsync(resolver, Did));
    }

    [Fact]
    public async Task Resolve_SiteThatNeverAnswers_IsGivenUp()
    {
        using var resolver = new DidWebResolver(
            new DidWebOptions { Timeout = TimeSpan.FromMilliseconds(50) }, new Site(null));
        await Assert.ThrowsAsync<DidResolutionException>(() => ResolveAsync(resolver, Did));
    }

    public static TheoryData<string, Action<JsonObject>> UselessKeys => new()
    {
        { "another controller", method => method["controller"] = "did:web:evil.example" },
        { "another type", method => method["type"] = "Ed25519VerificationKey2020" },
        { "no key", method => method["publicKeyMultibase"] = "zDna" },
        { "no name", method => method.Remove("id") },
        { "unreadable end", method => method["revoked"] = "yesterday" },
    };

    [Theory]
    [MemberData(nameof(UselessKeys), DisableDiscoveryEnumeration = true)]
    public async Task Resolve_UselessKey_IsPassedOver(string what, Action<JsonObject> change)
    {
        var document = Document;
        change(document["verificationMethod"]![0]!.AsObject());
        using var resolver = new DidWebResolver(null, new Site(Answer(document)));
        var resolved = await ResolveAsync(resolver, Did);
        Assert.True(resolved.Keys.All(key => key.Id != Did + "#key-1"), what);
        Assert.Equal(3, resolved.Keys.Count);
    }

    [Theory]
    [InlineData("x", "AAAA")]
    [InlineData("y", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("crv", "P-384")]
    [InlineData("kty", "RSA")]
    [InlineData("d", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task Resolve_BrokenJsonWebKey_IsPassedOver(string member, string value)
    {
        var document = Document;
        document["verificationMethod"]![1]!["publicKeyJwk"]![member] = value;
        using var resolver = new DidWebResolver(null, new Site(Answer(document)));
        Assert.DoesNotContain((await ResolveAsync(resolver, Did)).Keys, key => key.Id == Did + "#key-1:jwk");
    }

    private static Task<ResolvedIssuer> ResolveAsync(DidWebResolver resolver, string did) =>
        resolver.ResolveAsync(did, TestContext.Current.CancellationToken);

    private static Func<HttpResponseMessage> Answer(JsonObject document) => () => new HttpResponseMessage
    {
        Content = new StringContent(document.ToJsonString(), Encoding.UTF8, "application/did+ld+json"),
    };

    /// <summary>A web site that gives one answer, or none at all.</summary>
    private sealed class Site(Func<HttpResponseMessage>? answer) : HttpMessageHandler
    {
        public List<string> Asked { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked.Add(request.RequestUri!.ToString());
            if (answer is null) await Task.Delay(Timeout.Infinite, cancellationToken);
            return answer!();
        }
    }

    /// <summary>Gives bytes for ever.</summary>
    private sealed class EndlessStream : MemoryStream
    {
        public override bool CanSeek => false;

        public override int Read(byte[] buffer, int offset, int count) => count;

        public override int Read(Span<byte> buffer) => buffer.Length;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(buffer.Length);
    }
}
