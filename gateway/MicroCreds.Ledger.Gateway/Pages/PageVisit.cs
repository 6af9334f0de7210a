using MicroCreds.Ledger.Gateway.Configuration;
using Microsoft.AspNetCore.WebUtilities;

namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>Which page is looked at, in which language, and whose it is.</summary>
/// <param name="Text">The language.</param>
/// <param name="Institution">The institution's name.</param>
/// <param name="Brand">How it shows itself.</param>
/// <param name="Address">The page's own address, with its query.</param>
public record PageVisit(PageText Text, string Institution, BrandOptions Brand, string Address)
{
    /// <summary>The letters that stand where there is no logo.</summary>
    public string Initials => string.Concat(Institution
        .Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(2).Select(word => word[..1]));

    /// <summary>Takes a visit out of a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="language">What a form says. Default is what the address or the browser asks for.</param>
    public static PageVisit Of(HttpContext context, string? language = null)
    {
        var options = context.RequestServices.GetRequiredService<GatewayServiceOptions>();
        return new PageVisit(
            PageText.Of(context.Request, language), NameOf(context), options.Brand, AddressOf(context));
    }

    /// <summary>The page in another language.</summary>
    public string In(string language)
    {
        string path = Address.Split('?')[0];
        var query = QueryHelpers.ParseQuery(Address[path.Length..]);
        query[PageText.LanguageParameter] = language;
        return QueryHelpers.AddQueryString(path, query);
    }

    /// <summary>What the institution calls itself on its pages.</summary>
    protected static string NameOf(HttpContext context) =>
        context.RequestServices.GetRequiredService<OwnName>().Value;

    /// <summary>The address that was asked for.</summary>
    protected static string AddressOf(HttpContext context) => context.Request.Path + context.Request.QueryString;
}
