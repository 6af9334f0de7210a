using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Fetching;
using MicroCreds.Ledger.Credentials.Foreign;
using MicroCreds.Ledger.Credentials.Forms;
using MicroCreds.Ledger.Credentials.StatusLists;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Ledger.Credentials.Verifying;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Suites;

/// <summary>
/// Speaks what the W3C's test suites speak (VC API) over the code that signs and verifies in our gateways. What it is
/// asked to verify is somebody else's there as well: it judges as <c>POST /v1/verifications</c> does, and says yes only
/// if the signature holds and nothing stands against it.
/// </summary>
internal sealed class SuiteAdapter : IAsyncDisposable
{
    /// <summary>Where the suite on tokens is answered.</summary>
    public const string JosePath = "/jose";

    private static readonly StatusListName List = new("SuitesMSP", "list-1", StatusPurpose.Revocation);

    private readonly IssuerPrivateKey _p256 = IssuerPrivateKey.Generate();
    private readonly IssuerPrivateKey _ed25519 = IssuerPrivateKey.Generate(KeyAlgorithm.Ed25519);
    private readonly ForeignSignatures _signatures = new(web: null, TimeProvider.System);
    private readonly ForeignStatuses _statuses;
    private readonly ReceivedVerifier _verifier;
    private readonly WebApplication _server;
    private int _issued;

    private SuiteAdapter(WebApplication server, X509Certificate2 certificate)
    {
        _server = server;
        var own = new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = (_, found, _, _) => certificate.Equals(found),
        };
        _statuses = new ForeignStatuses(
            new SafeFetcher(ForeignStatuses.Limits with { AllowLoopback = true }, own), _signatures,
            TimeProvider.System);
        _verifier = new ReceivedVerifier(
            new CredentialVerifier(
                new SampleLedger(), TimeProvider.System, new VerificationOptions { Ledger = "suites" }),
            _signatures, _statuses);
    }

    /// <summary>Where it answers.</summary>
    public string Url => _server.Urls.First();

    /// <summary>Starts it on this machine, by https: one of the suites reads status lists in no other way.</summary>
    public static async Task<SuiteAdapter> StartAsync()
    {
        var certificate = Certify();
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options =>
            options.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        var server = builder.Build();
        var adapter = new SuiteAdapter(server, certificate);
        server.MapPost("/{tag}/credentials/issue", adapter.IssueAsync);
        server.MapPost("/{tag}/credentials/verify", adapter.VerifyCredentialAsync);
        server.MapPost("/{tag}/presentations/verify", adapter.VerifyPresentationAsync);
        server.MapPost(JosePath, async (HttpRequest request) =>
        {
            using var body = await ReadAsync(request);
            return body is null
                ? Refused("The request is no JSON.")
                : Json(await JoseSuiteAdapter.AnswerAsync(body.RootElement));
        });
        server.MapGet(StatusListName.Path + "{id}", adapter.ListAsync);
        await server.StartAsync();
        return adapter;
    }

    /// <summary>The DID that a tag's credentials are issued by.</summary>
    public string IssuerOf(string tag) => "did:key:" + KeyOf(tag).PublicKeyMultibase;

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _statuses.Dispose();
        _signatures.Dispose();
        _p256.Dispose();
        _ed25519.Dispose();
    }

    private static X509Certificate2 Certify()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddHours(-1), now.AddHours(1));
    }

    private IssuerPrivateKey KeyOf(string tag) => tag == "ecdsa-jcs-2019" ? _p256 : _ed25519;

    private static string MethodOf(IssuerPrivateKey key) =>
        $"did:key:{key.PublicKeyMultibase}#{key.PublicKeyMultibase}";

    private async Task<IResult> IssueAsync(string tag, HttpRequest request)
    {
        using var body = await ReadAsync(request);
        if (Member(body, "credential") is not { } credential) return Refused("The request holds no credential.");
        if (DataModelCheck.OfCredential(credential) is { Count: > 0 } faults) return Refused(faults);
        var key = KeyOf(tag);
        var document = CanonicalObject.From(credential);
        if (tag == "EnvelopingProof") return Json(await EnvelopeAsync(document, key));
        if (tag == "BitstringStatusList") document = document.With("credentialStatus", NextPlace());
        byte[] signed = await DataIntegrity.SignAsync(
            document, key, MethodOf(key), TimeProvider.System.GetUtcNow(), CancellationToken.None);
        return Results.Bytes(signed, "application/json");
    }

    private static async Task<JsonObject> EnvelopeAsync(CanonicalObject document, IssuerPrivateKey key)
    {
        byte[] header = CompactJws.Header(
            key.Algorithm, MethodOf(key), TokenClaims.VcJwtType, TokenClaims.VcJwtContentType);
        byte[] token = await CompactJws.SignAsync(key, header, document.ToArray(), CancellationToken.None);
        return new JsonObject
        {
            ["@context"] = new JsonArray(CredentialVocabulary.CredentialsContext),
            ["type"] = "EnvelopedVerifiableCredential",
            ["id"] = "data:application/vc+jwt," + Encoding.ASCII.GetString(token),
        };
    }

    private byte[] NextPlace()
    {
        var range = new StatusListRange(Url, List.MspId, List.List, Offset: 0);
        return StatusListEntry.Write(
            StatusListEntry.Prepare(range), range, range.PositionOf(Interlocked.Increment(ref _issued)));
    }

    private async Task<IResult> ListAsync()
    {
        var now = TimeProvider.System.GetUtcNow();
        var list = new StatusListCredential
        {
            Url = List.UrlAt(Url),
            Purpose = List.Purpose,
            Issuer = IssuerOf("BitstringStatusList"),
            ValidFrom = now.AddSeconds(-1),
            ValidUntil = now.AddMinutes(10),
            TimeToLive = TimeSpan.FromMinutes(1),
            Bits = Bitstring.Of(Limits.StatusListSize, []),
        };
        return Results.Bytes(await list.SignAsync(_ed25519, _ed25519.PublicKeyMultibase), "application/json");
    }

    private async Task<IResult> VerifyCredentialAsync(HttpRequest request)
    {
        using var body = await ReadAsync(request);
        if (Member(body, "verifiableCredential") is not { } credential)
            return Refused("The request holds no credential.");
        if (DataModelCheck.OfCredential(credential) is { Count: > 0 } faults) return Refused(faults);
        return AnswerTo(await FaultOfAsync(Encoding.UTF8.GetBytes(credential.GetRawText())));
    }

    private async Task<IResult> VerifyPresentationAsync(HttpRequest request)
    {
        using var body = await ReadAsync(request);
        if (Member(body, "verifiablePresentation") is not { } presentation)
            return Refused("The request holds no presentation.");
        if (DataModelCheck.OfPresentation(presentation) is { Count: > 0 } faults) return Refused(faults);
        byte[] received = Encoding.UTF8.GetBytes(presentation.GetRawText());
        if (!JsonEnvelope.HasType(presentation, "EnvelopedVerifiablePresentation"))
            return AnswerTo(await FaultOfProofAsync(received) ?? await FaultOfContentAsync(presentation, received));

        string id = presentation.GetProperty("id").GetString()!;
        byte[] token = Encoding.ASCII.GetBytes(id[(id.IndexOf(',', StringComparison.Ordinal) + 1)..]);
        return AnswerTo(await FaultOfProofAsync(token) ?? await FaultOfAsync(token));
    }

    private async Task<string?> FaultOfContentAsync(JsonElement presentation, byte[] received) =>
        presentation.TryGetProperty("verifiableCredential", out _) ? await FaultOfAsync(received) : null;

    private async Task<string?> FaultOfProofAsync(byte[] received)
    {
        var signature = await _signatures.CheckAsync(received, CancellationToken.None);
        return signature.Outcome == ForeignSignatureOutcome.Holds ? null : signature.Detail;
    }

    private async Task<string?> FaultOfAsync(byte[] received)
    {
        var verdict = await _verifier.VerifyAsync(received);
        foreach (var one in verdict.Each ?? [verdict])
        {
            if (one.Foreign is not { } found) return one.Checks[0].Detail;

            // Whose key it is, the suites do not ask: the specifications' own examples name issuers that do not exist.
            bool holds = found.Signature.Outcome == ForeignSignatureOutcome.Holds
                || found.Signature.Code == ForeignSignatureCodes.KeyElsewhere;
            if (!holds) return found.Signature.Detail;
            if (one.Checks.FirstOrDefault(check => check.Outcome == CheckOutcome.Fail) is { } fault)
                return fault.Detail;
            if (found.Status.Outcome == ForeignStatusOutcome.NotKnown) return found.Status.Detail;
            if (one.Notices.FirstOrDefault(notice => notice.Code == CheckCodes.ForeignNotConforming) is { } notice)
                return notice.Detail;
        }

        return null;
    }

    private static async Task<JsonDocument?> ReadAsync(HttpRequest request)
    {
        using var buffer = new MemoryStream();
        await request.Body.CopyToAsync(buffer);
        try
        {
            return StrictJson.Parse(buffer.ToArray());
        }
        catch (StrictJsonException)
        {
            return null;
        }
    }

    private static JsonElement? Member(JsonDocument? body, string name) =>
        body is not null && body.RootElement.ValueKind == JsonValueKind.Object
        && body.RootElement.TryGetProperty(name, out var value) ? value : null;

    private static IResult AnswerTo(string? fault) => fault is null
        ? Json(new JsonObject { ["verified"] = true })
        : Refused(fault);

    private static IResult Refused(IReadOnlyList<CredentialFault> faults) =>
        Refused(string.Join(" ", faults.Select(fault => $"{fault.Path}: {fault.Message}")));

    private static IResult Refused(string fault) => Json(
        new JsonObject { ["verified"] = false, ["errors"] = new JsonArray(fault) }, StatusCodes.Status400BadRequest);

    private static IResult Json(JsonObject body, int status = StatusCodes.Status200OK) =>
        Results.Content(body.ToJsonString(), "application/json", Encoding.UTF8, status);
}
