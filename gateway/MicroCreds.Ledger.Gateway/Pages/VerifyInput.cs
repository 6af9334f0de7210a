using System.Text;
using System.Text.RegularExpressions;
using MicroCreds.Ledger.Credentials.Compact;
using MicroCreds.Ledger.Credentials.Foreign;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Resources;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>
/// What a visitor gave to be verified: a credential, a link of this service to one, or something that is not opened,
/// and why. No link is ever followed: one of ours is looked up, another is refused.
/// </summary>
internal sealed partial record VerifyInput
{
    private const string CredentialPath = "/v1/credentials/";
    private const string PagePath = "/verify";

    /// <summary>The credential; absent if refused.</summary>
    public byte[]? Document { get; private init; }

    /// <summary>Why it was not opened, as a key of the texts under <c>refusal</c>.</summary>
    public string? Refusal { get; private init; }

    /// <summary>What the refusal is about: a host or a scheme.</summary>
    public string About { get; private init; } = "";

    /// <summary>Whether a link led to it, which tells nobody whose it is.</summary>
    public bool IsByLink { get; private init; }

    /// <summary>What is not opened.</summary>
    public static VerifyInput Refused(string refusal, string about = "") => new() { Refusal = refusal, About = about };

    /// <summary>Reads what a file holds.</summary>
    public static async ValueTask<VerifyInput> OfFileAsync(
        byte[] file, string ownHost, PublicAddress address, DocumentStore documents, FormSigner signer,
        CancellationToken cancellationToken)
    {
        if (IsPicture(file)) return Refused("picture");
        string text = Encoding.UTF8.GetString(file).TrimStart('\ufeff').Trim();

        // What is no link goes on as the bytes it is: verifying is strict about them.
        return Link().IsMatch(text)
            ? await OfTextAsync(text, ownHost, address, documents, signer, cancellationToken)
            : new VerifyInput { Document = file };
    }

    /// <summary>Reads what was pasted or scanned.</summary>
    public static async ValueTask<VerifyInput> OfTextAsync(
        string text, string ownHost, PublicAddress address, DocumentStore documents, FormSigner signer,
        CancellationToken cancellationToken)
    {
        text = text.Trim();
        if (text.Length == 0) return Refused("empty");

        byte[] received = Encoding.UTF8.GetBytes(text);
        if (Link().Match(text) is not { Success: true } match || !IsLink(text, match, received))
            return new VerifyInput { Document = received };

        string scheme = match.Groups[1].Value.ToLowerInvariant();
        if (scheme is not ("http" or "https") || !Uri.TryCreate(text, UriKind.Absolute, out var link))
            return Refused("scheme", scheme);

        bool isOwn = link.UserInfo.Length == 0
            && (link.Authority == ownHost || link.Authority == new Uri(address.Url).Authority);
        return isOwn
            ? await OfOwnAsync(link, documents, signer, cancellationToken)
            : Refused("foreign", link.IdnHost);
    }

    private static async ValueTask<VerifyInput> OfOwnAsync(
        Uri link, DocumentStore documents, FormSigner signer, CancellationToken cancellationToken)
    {
        if (link.AbsolutePath == PagePath && link.Fragment.Length > 1)
            return new VerifyInput { Document = Encoding.UTF8.GetBytes(Uri.UnescapeDataString(link.Fragment[1..])) };
        if (!link.AbsolutePath.StartsWith(CredentialPath, StringComparison.Ordinal))
            return Refused("otherPage");

        string id = Uri.UnescapeDataString(link.AbsolutePath[CredentialPath.Length..]);
        return CredentialAddress.TryResolve(id, documents, out _)?.Document is { } found
            ? new VerifyInput { Document = await signer.GiveAsync(found, cancellationToken), IsByLink = true }
            : Refused("unknown");
    }

    /// <summary>
    /// Tells whether what begins as a link does is one. A text from paper is none, nor are words with a colon, names
    /// (did:, urn:) and the data: addresses that carry credentials: verifying says what they are.
    /// </summary>
    private static bool IsLink(string text, Match match, byte[] received)
    {
        string rest = text[match.Length..];
        if (rest.Length == 0 || char.IsWhiteSpace(rest[0]) || CompactText.Is(received)) return false;

        return match.Groups[1].Value.ToLowerInvariant() switch
        {
            "http" or "https" => true,
            "did" or "urn" => false,
            "data" => !Carried().IsMatch(rest),
            _ => ForeignRecognition.Recognize(received).Kind is not (
                ForeignKind.CertificateNumber or ForeignKind.CovidCertificate),
        };
    }

    private static bool IsPicture(ReadOnlySpan<byte> file) =>
        file.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4e, 0x47])
        || file.StartsWith((ReadOnlySpan<byte>)[0xff, 0xd8, 0xff]) || file.StartsWith("GIF8"u8)
        || (file.StartsWith("RIFF"u8) && file.Length > 12 && file[8..].StartsWith("WEBP"u8));

    [GeneratedRegex(
        @"\A(?:application/(?:[a-z0-9.+-]*\+)?(?:json|jwt|vc|sd-jwt|cbor)|text/plain)[;,]",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Carried();

    [GeneratedRegex(@"\A([A-Za-z][A-Za-z0-9+.\-]{0,60}):", RegexOptions.CultureInvariant)]
    private static partial Regex Link();
}
