using System.Text;
using System.Text.RegularExpressions;
using MicroCreds.Ledger.Credentials.Compact;
using MicroCreds.Ledger.Credentials.Foreign;
using MicroCreds.Ledger.Gateway.Asking;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Gateway.Resources;
using MicroCreds.Ledger.Gateway.Sharing;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>
/// Reads what visitors give to be verified: a file, whatever carries a credential, a text, a link. A link of this
/// service is looked up, one of another member's gateway is asked for there, and no other is ever followed.
/// Thread-safe.
/// </summary>
internal sealed partial class VerifyInputs(
    PublicAddress address, DocumentStore documents, FormSigner signer, Shares shares, LearnerViews views,
    MemberGateways members, MemberLinks links, GatewayServiceOptions options, TimeProvider time)
{
    /// <summary>Reads what a file holds: a text, a PDF with a credential inside, a badge, a photo of a code.</summary>
    /// <param name="file">The file.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="ownHost">The host that the visitor calls this service.</param>
    /// <param name="cancellationToken">Cancels the signing and the asking.</param>
    /// <returns>One for each thing within; at least one.</returns>
    public async ValueTask<IReadOnlyList<VerifyInput>> OfFileAsync(
        byte[] file, string name, string ownHost, CancellationToken cancellationToken)
    {
        var brought = BroughtFile.Open(file, name);
        if (brought.Refusal is { } refusal) return [VerifyInput.Refused(refusal) with { Name = name }];
        var inputs = new List<VerifyInput>();
        foreach (byte[] document in brought.Documents)
        {
            // What is no link goes on as the bytes it is: verifying is strict about them.
            string text = Encoding.UTF8.GetString(document).TrimStart('\ufeff').Trim();
            var input = Scheme().IsMatch(text)
                ? await OfTextAsync(text, ownHost, cancellationToken)
                : new VerifyInput { Document = document };
            inputs.Add(input with { Name = name });
        }

        return inputs;
    }

    /// <summary>Reads what was pasted or scanned.</summary>
    /// <param name="text">The text.</param>
    /// <param name="ownHost">The host that the visitor calls this service.</param>
    /// <param name="cancellationToken">Cancels the signing and the asking.</param>
    public async ValueTask<VerifyInput> OfTextAsync(
        string text, string ownHost, CancellationToken cancellationToken)
    {
        text = text.Trim();
        if (text.Length == 0) return VerifyInput.Refused("empty");

        if (BroughtProofs.OfText(text) is { } proof) return new VerifyInput { Document = proof };
        byte[] received = Encoding.UTF8.GetBytes(text);
        if (Scheme().Match(text) is not { Success: true } match || !IsLink(text, match, received))
            return new VerifyInput { Document = received };

        string scheme = match.Groups[1].Value.ToLowerInvariant();
        if (scheme is not ("http" or "https") || !Uri.TryCreate(text, UriKind.Absolute, out var link))
            return VerifyInput.Refused("scheme", scheme);

        return await OfLinkAsync(link, ownHost, cancellationToken) with { Link = text };
    }

    private async ValueTask<VerifyInput> OfLinkAsync(Uri link, string ownHost, CancellationToken cancellationToken)
    {
        var own = new Uri(address.Url);
        if (link.UserInfo.Length == 0 && (link.Authority == ownHost || link.Authority == own.Authority))
        {
            // A balancer may have taken away the path that the public address has.
            var target = CredentialLink.Of(link, own);
            if (target.Target == LinkTarget.Other) target = CredentialLink.Of(link, new Uri(link, "/"));
            return await OfOwnAsync(target, cancellationToken);
        }

        return members.Find(link) is { } member
            ? await OfMemberAsync(CredentialLink.Of(link, member.Address), member, cancellationToken) with
            {
                Member = member.Name,
            }
            : VerifyInput.Refused("foreign", link.IdnHost);
    }

    private async ValueTask<VerifyInput> OfOwnAsync(CredentialLink link, CancellationToken cancellationToken) =>
        link.Target switch
        {
            LinkTarget.Carried => new VerifyInput { Document = Encoding.UTF8.GetBytes(link.Value) },
            LinkTarget.Share => await OfSharedAsync(link.Value, cancellationToken),
            LinkTarget.Credential => await OfIdAsync(link.Value, cancellationToken),
            LinkTarget.Claim => VerifyInput.Refused("claim"),
            _ => VerifyInput.Refused("otherPage"),
        };

    /// <summary>What a link to a claim leads to is its learner's alone: such a secret is handed to nobody.</summary>
    private async ValueTask<VerifyInput> OfMemberAsync(
        CredentialLink link, FoundGateway member, CancellationToken cancellationToken)
    {
        switch (link.Target)
        {
            case LinkTarget.Carried:
                return new VerifyInput { Document = Encoding.UTF8.GetBytes(link.Value) };
            case LinkTarget.Claim:
                return VerifyInput.Refused("claim");
            case LinkTarget.Other:
                return VerifyInput.Refused("memberPage", member.Address.IdnHost);
            default:
                var answer = await links.AskAsync(member, link, cancellationToken);
                return answer.Refusal is { } refusal
                    ? VerifyInput.Refused(refusal, member.Address.IdnHost)
                    : new VerifyInput
                    {
                        Document = answer.Document,
                        IsByLink = link.Target == LinkTarget.Credential,
                    };
        }
    }

    // What a learner shows by a link may be seen, no more and no less.
    private async ValueTask<VerifyInput> OfSharedAsync(string secret, CancellationToken cancellationToken) =>
        options.Learners.Allows(LearnerChannels.Shares) && shares.Find(secret, time.GetUtcNow()) is { } share
        && await views.OfShareAsync(share, cancellationToken) is { } shown
            ? new VerifyInput { Document = shown.Document }
            : VerifyInput.Refused("unknown");

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

    [GeneratedRegex(
        @"\A(?:application/(?:[a-z0-9.+-]*\+)?(?:json|jwt|vc|sd-jwt|cbor)|text/plain)[;,]",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Carried();

    [GeneratedRegex(@"\A([A-Za-z][A-Za-z0-9+.\-]{0,60}):", RegexOptions.CultureInvariant)]
    private static partial Regex Scheme();
}
