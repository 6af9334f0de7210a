using MicroCreds.Ledger.Store;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace MicroCreds.Ledger.Gateway.Access;

/// <summary>
/// Keeps in the store the keys that seal what travels through a browser: the state of a sign-on, and the token of a
/// form. So every instance on it can open what another has sealed. They lie there as they are, not encrypted: who reads
/// the store could forge those, but no session, since sessions are looked up.
/// </summary>
internal sealed class StoredProtectionKeys(GatewayStore store) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var reader = store.Database.Read();
        using var rows = reader.Prepare("SELECT xml FROM protection_key ORDER BY name", 0).ExecuteReader();
        var found = new List<XElement>();
        while (rows.Read())
            found.Add(XElement.Parse(rows.GetString(0)));
        return found;
    }

    public void StoreElement(XElement element, string friendlyName) => store.Database.WriteAsync(connection =>
    {
        using var insert = connection.Prepare(
            "INSERT INTO protection_key (name, xml) VALUES ($0, $1) ON CONFLICT (name) DO UPDATE SET xml = $1", 2);
        insert.With(friendlyName, element.ToString(SaveOptions.DisableFormatting)).ExecuteNonQuery();
    }).GetAwaiter().GetResult();
}
