using System.Text;
using MicroCreds.Fabric.Chaincode.Text;
using MicroCreds.Fabric.Protocol;

namespace MicroCreds.Fabric.Chaincode.Conversation;

/// <summary>Checks keys before they go to the peer.</summary>
internal static class StateKey
{
    /// <summary>U+0001: the first key after those of composite keys, which an open range of simple keys starts at.
    /// </summary>
    private const string FirstSimpleKey = "\u0001";

    /// <summary>Refuses text without a UTF-8 form: replacing what is wrong would make two keys one.</summary>
    public static string Checked(string text, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(text, name);
        try
        {
            StrictUtf8.Encoding.GetByteCount(text);
            return text;
        }
        catch (EncoderFallbackException e)
        {
            throw new ArgumentException(
                $"The {name} holds a lone surrogate at position {e.Index}: it has no UTF-8 form.", name, e);
        }
    }

    /// <summary>Returns the bounds of a range of simple keys; an empty start or end leaves it open.</summary>
    public static (string Start, string End) Range(string startKey, string endKey)
    {
        ArgumentNullException.ThrowIfNull(startKey);
        ArgumentNullException.ThrowIfNull(endKey);
        return (
            startKey.Length == 0 ? FirstSimpleKey : CheckedSimple(startKey, nameof(startKey)),
            endKey.Length == 0 ? string.Empty : CheckedSimple(endKey, nameof(endKey)));
    }

    private static string CheckedSimple(string key, string name) =>
        CompositeKey.IsComposite(key)
            ? throw new ArgumentException(
                $"The {name} starts with U+0000, which only composite keys do: query them by partial composite key.",
                name)
            : Checked(key, name);
}
