using System.Text;
using System.Text.RegularExpressions;
using MicroCreds.Ledger.Credentials.Compact;
using MicroCreds.Ledger.Credentials.Foreign;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Resources;
using MicroCreds.Ledger.Gateway.Sharing;
using MicroCreds.Ledger.Papers;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>
/// Reads what visitors give to be verified: a file, whatever carries a credential, a text, a link of this service. No
/// link is ever followed: one of ours is looked up, another is refused. Thread-safe.
/// </summary>
internal sealed partial class VerifyInputs(
    PublicAddress address, DocumentStore documents, FormSigner signer, Shares shares, LearnerViews views,
    GatewayServiceOptions options, TimeProvider time)
{
    private const string CredentialPath = "/v1/credentials/";
    private const string PagePath = "/verify";
    private const string SharedPath = LearnerPages.SharedAddress + "/";

    /// <summary>Reads what a file holds: a text, a PDF with a credential inside, a badge, a photo of a code.</summary>
    /// <param name="file">The file.</param>
    /// <param name="ownHost">The host that the visitor calls this service.</param>
    /// <param name="cancellationToken">Cancels the signing.</param>
    public async ValueTask<VerifyInput> OfFileAsync(
        byte[] file, string ownHost, CancellationToken cancellationToken)
    {
        if (file.Length > CarriedCredential.MaxBytes) return VerifyInput.Refused("tooLarge");
        var carried = CarriedCredential.Find(file);
        if (carried is { Kind: CarrierKind.Other, Fault: CarrierFault.None })
            return new VerifyInput { Document = file };
        if (carried.Contents.Count == 0) return VerifyInput.Refused(WhyEmpty(carried));

        // Of several things inside, what is of ours is meant.
        var meant = carried.Contents.FirstOrDefault(one => OwnMark.IsIn(one.Content)) ?? carried.Contents[0];
        string text = Encoding.UTF8.GetString(meant.Content).TrimStart('\ufeff').Trim();

        // What is no link goes on as the bytes it is: verifying is strict about them.
        return Link().IsMatch(text)
            ? await OfTextAsync(text, ownHost, cancellationToken)
            : new VerifyInput { Document = carried.Kind == CarrierKind.Text ? file : meant.Content };
    }

    /// <summary>Reads what was pasted or scanned.</summary>
    /// <param name="text">The text.</param>
    /// <param name="ownHost">The host that the visitor calls this service.</param>
    /// <param name="cancellationToken">Cancels the signing.</param>
    public async ValueTask<VerifyInput> OfTextAsync(
        string text, string ownHost, CancellationToken cancellationToken)
    {
        text = text.Trim();
        if (text.Length == 0) return VerifyInput.Refused("empty");

        byte[] received = Encoding.UTF8.GetBytes(text);
        if (Link().Match(text) is not { Success: true } match || !IsLink(text, match, received))
            return new VerifyInput { Document = received };

        string scheme = match.Groups[1].Value.ToLowerInvariant();
        if (scheme is not ("http" or "https") || !Uri.TryCreate(text, UriKind.Absolute, out var link))
            return VerifyInput.Refused("scheme", scheme);

        bool isOwn = link.UserInfo.Length == 0
            && (link.Authority == ownHost || link.Authority == new Uri(address.Url).Authority);
        return isOwn
            ? await OfOwnAsync(link, cancellationToken)
            : VerifyInput.Refused("foreign", link.IdnHost);
    }

    private async ValueTask<VerifyInput> OfOwnAsync(Uri link, CancellationToken cancellationToken)
    {
        if (link.AbsolutePath == PagePath && link.Fragment.Length > 1)
            return new VerifyInput { Document = Encoding.UTF8.GetBytes(Uri.UnescapeDataString(link.Fragment[1..])) };
        if (link.AbsolutePath.StartsWith(SharedPath, StringComparison.Ordinal))
            return await OfSharedAsync(link.AbsolutePath[SharedPath.Length..], cancellationToken);
        if (!link.AbsolutePath.StartsWith(CredentialPath, StringComparison.Ordinal))
            return VerifyInput.Refused("otherPage");

        return await OfIdAsync(Uri.UnescapeDataString(link.AbsolutePath[CredentialPath.Length..]), cancellationToken);
    }

    // What a learner shows by a link may be seen, no more and no less.
    private async ValueTask<VerifyInput> OfSharedAsync(string secret, CancellationToken cancellationToken)
    {
        if (Guid.TryParseExact(secret, "D", out _)) return await OfIdAsync(secret, cancellationToken);
        return options.Learners.Allows(LearnerChannels.Shares) && shares.Find(secret, time.GetUtcNow()) is { } share
            && await views.OfShareAsync(share, cancellationToken) is { } shown
                ? new VerifyInput { Document = shown.Document }
                : VerifyInput.Refused("unknown");
    }

    private async ValueTask<VerifyInput> OfIdAsync(string id, CancellationToken cancellationToken) =>
        CredentialAddress.TryResolve(id, documents, out _)?.Document is { } found
            ? new VerifyInput { Document = await signer.GiveAsync(found, cancellationToken), IsByLink = true }
            : VerifyInput.Refused("unknown");

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

    private static string WhyEmpty(CarriedCredential carried) => carried switch
    {
        { Fault: CarrierFault.Encrypted } => "encrypted",
        { Fault: CarrierFault.Damaged } => "damaged",
        { Kind: CarrierKind.Pdf } => "emptyPdf",
        { Kind: CarrierKind.UnreadPicture } => "unreadPicture",
        _ => "emptyPicture",
    };

    [GeneratedRegex(
        @"\A(?:application/(?:[a-z0-9.+-]*\+)?(?:json|jwt|vc|sd-jwt|cbor)|text/plain)[;,]",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Carried();

    [GeneratedRegex(@"\A([A-Za-z][A-Za-z0-9+.\-]{0,60}):", RegexOptions.CultureInvariant)]
    private static partial Regex Link();
}
