using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Compact;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Gateway.Sharing;
using Microsoft.Net.Http.Headers;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>The form that a client asks for a credential in.</summary>
/// <param name="Form">The form.</param>
/// <param name="MediaType">The media type to answer with.</param>
public sealed record CredentialNegotiation(CredentialForm Form, string MediaType)
{
    /// <summary>The media type of a verifiable credential, VC Data Model 2.0.</summary>
    public const string Credential = "application/vc";

    /// <summary>Plain JSON: the same bytes.</summary>
    public const string Json = "application/json";

    /// <summary>JSON-LD: the same bytes.</summary>
    public const string JsonLd = "application/ld+json";

    /// <summary>A VC-JWT.</summary>
    public const string VcJwt = "application/vc+jwt";

    /// <summary>An SD-JWT VC.</summary>
    public const string SdJwtVc = "application/dc+sd-jwt";

    private const string Html = "text/html";
    private const string Profile = "profile";

    /// <summary>All media types that a credential is answered in.</summary>
    public static readonly string[] All = [Json, Credential, JsonLd, VcJwt, SdJwtVc];

    /// <summary>
    /// Where a browser is led that opens a credential's own address, as a camera does that read it: to its page, never
    /// to JSON.
    /// </summary>
    /// <returns>Null for everything else.</returns>
    public static string? PageOf(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && request.Headers.Authorization.Count == 0
        && request.Path.StartsWithSegments("/v1/credentials", out var rest)
        && Guid.TryParseExact(rest.Value?.Trim('/').Replace("urn:uuid:", "", StringComparison.Ordinal), "D", out var id)
        && AcceptHeader.Choose(request, [Html, .. All])?.MediaType == Html
        && request.Headers.Accept.ToString().Contains(Html, StringComparison.OrdinalIgnoreCase)
            ? $"{LearnerPages.SharedAddress}/{id}" : null;

    /// <summary>Tells whether one credential is asked for in the form for paper.</summary>
    public static bool IsCompact(HttpRequest request) =>
        AcceptHeader.Choose(request, [.. All, CompactText.MediaType]) is (CompactText.MediaType, _);

    /// <summary>Reads what one credential is asked for in.</summary>
    /// <exception cref="ProblemException">The client takes none of ours.</exception>
    public static CredentialNegotiation Of(HttpRequest request)
    {
        var (mediaType, _) = AcceptHeader.Choose(request, All) ?? throw NotAcceptable(All);
        return new CredentialNegotiation(FormOf(mediaType), mediaType);
    }

    /// <summary>
    /// Reads what a list of credentials is asked for in: the list's media type by Accept, and the form of what is in it
    /// by the parameter <c>profile</c>, such as <c>application/x-ndjson;profile="application/vc+jwt"</c>.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="lists">The media types of lists that there are.</param>
    /// <exception cref="ProblemException">The client takes none of ours.</exception>
    public static (string ListType, CredentialForm Form) OfList(HttpRequest request, params ReadOnlySpan<string> lists)
    {
        var (listType, range) = AcceptHeader.Choose(request, lists) ?? throw NotAcceptable(lists);
        string profile = range?.Parameters.FirstOrDefault(parameter => parameter.Name == Profile)?.Value.ToString()
            ?? Json;
        string mediaType = HeaderUtilities.RemoveQuotes(profile).ToString();
        return All.Contains(mediaType)
            ? (listType, FormOf(mediaType))
            : throw new ProblemException(
                ProblemKind.NotAcceptable, $"The profile may be {string.Join(", ", All)}.");
    }

    private static CredentialForm FormOf(string mediaType) => mediaType switch
    {
        VcJwt => CredentialForm.VcJwt,
        SdJwtVc => CredentialForm.SdJwtVc,
        _ => CredentialForm.DataIntegrity,
    };

    private static ProblemException NotAcceptable(ReadOnlySpan<string> offered) => new(
        ProblemKind.NotAcceptable, $"Send Accept with one of {string.Join(", ", offered.ToArray())}.");
}
