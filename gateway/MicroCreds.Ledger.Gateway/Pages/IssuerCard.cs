using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>Who issued a credential, as the ledger knows it and not as the credential claims.</summary>
/// <param name="text">The language.</param>
/// <param name="issuer">The institution's record.</param>
/// <param name="usedKey">The key that the credential names.</param>
/// <param name="isClaim">Whether it is not shown that the institution issued it.</param>
internal sealed class IssuerCard(PageText text, Institution issuer, string? usedKey, bool isClaim)
{
    public Html Render() => $"""
        <section id="issuer" aria-labelledby="issuer-title">
        <h3 id="issuer-title">{text[isClaim ? "section.named" : "section.issuer"]}</h3>
        <dl>
        {Row("name", $"<strong>{issuer.Name}</strong>")}
        {Row("identity", Identity())}
        {Row("formerly", Formerly())}
        {Row("mspId", $"{issuer.MspId}")}
        {Row("country", $"{text.NameOf("country", issuer.Country)}")}
        {Row("website", issuer.Website is { } website ? CredentialView.LinkTo(website) : Html.None)}
        {Row("since", Since())}
        {Row("did", $"{issuer.Did}")}
        {issuer.Identifiers.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry =>
            Row(text.NameOf("identifier", entry.Key), Identifier(entry.Value), isNamed: true))}
        {Row("keys", Keys())}
        </dl>
        </section>
        """;

    private Html Row(string element, Html value, bool isNamed = false) => value.IsEmpty ? Html.None : $"""
        <div><dt>{(isNamed ? element : text[$"issuer.{element}"])}</dt><dd>{value}</dd></div>
        """;

    /// <summary>Whether others say so too: anybody who runs a peer can call itself anything.</summary>
    private Html Identity()
    {
        if (issuer.Identities is not [.., { ConfirmedAt: { } confirmed } identity])
            return $"""<span class="standing warn">{text["issuer.unconfirmed"]}</span>""";

        string said = text.Fill("issuer.confirmed", ("time", text.Date(confirmed)));
        if (identity.GivenUpAt is not { } until) return $"""<span class="standing on">{said}</span>""";
        return $"""
            <span class="standing warn">{said}, {text.Fill("issuer.givenUp", ("time", text.Date(until)))}</span>
            """;
    }

    /// <summary>The names that older credentials may bear.</summary>
    private Html Formerly() =>
        $"{string.Join(", ", issuer.Identities.Select(one => one.Name).Where(name => name != issuer.Name).Distinct())}";

    /// <summary>No key is ever removed, and an institution registers its first one when it joins.</summary>
    private Html Since() => issuer.Keys.Count == 0 ? Html.None : $"{text.Date(issuer.Keys.Min(key => key.ValidFrom))}";

    private static Html Identifier(string value) => CredentialView.LinkTo(value);

    private Html Keys() => issuer.Keys.Count == 0 ? Html.None : $"""<ul>{issuer.Keys.Select(Key)}</ul>""";

    private Html Key(SigningKey key)
    {
        var lives = new List<string> { text.Fill("issuer.keySince", ("time", text.Date(key.ValidFrom))) };
        if (key.CompromisedSince is { } stolen) lives.Add(text.Fill("issuer.keyStolen", ("time", text.Time(stolen))));
        if (key.RevokedAt is { } revoked) lives.Add(text.Fill("issuer.keyWithdrawn", ("time", text.Date(revoked))));
        if (key.Id == usedKey && !isClaim) lives.Add(text["issuer.used"]);
        return $"<li><code>{key.Id}</code> {string.Join(", ", lives)}</li>";
    }
}
