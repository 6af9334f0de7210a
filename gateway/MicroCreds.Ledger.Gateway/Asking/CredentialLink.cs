using System.Text.RegularExpressions;
using MicroCreds.Ledger.Gateway.Sharing;

namespace MicroCreds.Ledger.Gateway.Asking;

/// <summary>Where a link of a gateway leads.</summary>
internal enum LinkTarget
{
    /// <summary>To no credential.</summary>
    Other,

    /// <summary>To a credential by its identifier.</summary>
    Credential,

    /// <summary>To what a learner shows of one.</summary>
    Share,

    /// <summary>To where a learner gets one.</summary>
    Claim,

    /// <summary>To the page that verifies, with a credential behind the #.</summary>
    Carried,
}

/// <summary>What a link of a gateway leads to, told by its address alone.</summary>
/// <param name="Target">Where it leads.</param>
/// <param name="Value">The identifier, the secret, or the credential itself; empty if it is none of these.</param>
internal sealed partial record CredentialLink(LinkTarget Target, string Value)
{
    private static readonly CredentialLink Nowhere = new(LinkTarget.Other, "");

    /// <summary>Reads a link.</summary>
    /// <param name="link">The link.</param>
    /// <param name="gateway">The gateway's address, which may have a path.</param>
    public static CredentialLink Of(Uri link, Uri gateway)
    {
        string root = gateway.AbsolutePath.TrimEnd('/');
        if (!link.AbsolutePath.StartsWith(root + "/", StringComparison.Ordinal)) return Nowhere;
        string path = link.AbsolutePath[root.Length..];
        if (path == "/verify" && link.Fragment.Length > 1)
            return new CredentialLink(LinkTarget.Carried, Uri.UnescapeDataString(link.Fragment[1..]));
        if (Form().Match(path) is not { Success: true } match) return Nowhere;

        string value = Uri.UnescapeDataString(match.Groups["value"].Value);
        return match.Groups["place"].Value switch
        {
            LearnerPages.SharedAddress when Guid.TryParseExact(value, "D", out _) =>
                new CredentialLink(LinkTarget.Credential, value),
            LearnerPages.SharedAddress => new CredentialLink(LinkTarget.Share, value),
            "/claim" => new CredentialLink(LinkTarget.Claim, value),
            _ => new CredentialLink(LinkTarget.Credential, value),
        };
    }

    [GeneratedRegex(
        @"\A(?<place>/c|/claim|/v1/credentials)/(?<value>[A-Za-z0-9._~:%-]{1,200})(?:/credential)?/?\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
