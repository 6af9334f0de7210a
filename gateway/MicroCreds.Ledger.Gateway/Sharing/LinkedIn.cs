using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;

namespace MicroCreds.Ledger.Gateway.Sharing;

/// <summary>
/// Where a credential is added to a LinkedIn profile: a plain link that LinkedIn documents, so that nothing of it is
/// loaded and nobody is told before it is pressed.
/// </summary>
public static class LinkedIn
{
    private const string Address = "https://www.linkedin.com/profile/add";

    /// <summary>The link.</summary>
    /// <param name="shown">The credential.</param>
    /// <param name="url">Where it is shown.</param>
    public static string? AddressOf(LearnerView shown, string url)
    {
        ArgumentNullException.ThrowIfNull(shown);
        if (shown.Content is not { Title: { } title } content) return null;
        var query = new Dictionary<string, string?>
        {
            ["startTask"] = "CERTIFICATION_NAME",
            ["name"] = title,
            ["organizationName"] = shown.Issuer?.Name ?? content.AwardingBody,
            ["certUrl"] = url,
            ["certId"] = shown.Id,
        };
        if (content.Awarded is { } awarded)
        {
            query["issueYear"] = awarded.Year.ToString(CultureInfo.InvariantCulture);
            query["issueMonth"] = awarded.Month.ToString(CultureInfo.InvariantCulture);
        }

        if (content.ValidUntil is { } until)
        {
            query["expirationYear"] = until.Year.ToString(CultureInfo.InvariantCulture);
            query["expirationMonth"] = until.Month.ToString(CultureInfo.InvariantCulture);
        }

        return QueryHelpers.AddQueryString(Address, query);
    }
}
