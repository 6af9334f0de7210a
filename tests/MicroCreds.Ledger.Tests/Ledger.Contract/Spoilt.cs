using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Tests.Ledger.Contract;

/// <summary>Makes arguments that the typed records could not express.</summary>
internal static class Spoilt
{
    /// <summary>The record's JSON with members replaced by those given.</summary>
    public static byte[] With<T>(T record, string members)
    {
        var json = JsonNode.Parse(CanonicalJson.Serialize(record))!.AsObject();
        foreach (var member in JsonNode.Parse(members)!.AsObject())
        {
            json[member.Key] = member.Value?.DeepClone();
        }

        return Encoding.UTF8.GetBytes(json.ToJsonString());
    }
}
