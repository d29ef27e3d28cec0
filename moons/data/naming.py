"""What columns' names say: which is the class, which the number to predict, which only counts the rows."""

# ruff: noqa: E501 - lists of words, East Asian ones wide

import re
import unicodedata

CLASS = (
    "class", "label", "labels", "target", "species", "classes", "klasse", "classe", "clase", "outcome", "diagnosis",
    "variety", "y_true", "종", "품종", "분류", "클래스", "라벨", "레이블", "정답", "类别", "類別", "标签", "標籤",
    "种类", "分类", "品种", "クラス", "ラベル", "種類", "分類", "نتیجه", "класс", "category", "group", "type", "kind",
)  # fmt: skip
_CLASS_WORDS = frozenset(
    {
        "class", "label", "target", "species", "outcome", "diagnosis", "classification", "variety", "cultivar",
        "genus", "survived", "survival", "churn", "churned", "purchased", "result", "results", "response",
        "quality", "cluster", "fraud", "spam", "default", "attrition", "exited", "approved", "approval",
        "status", "activity", "grade", "prediction", "predicted", "verdict", "sentiment", "passed", "accepted",
        "clicked", "converted", "subscribed", "deposit", "disease", "cancer", "infected", "loan_status",
        "klasse", "classe", "clase", "ergebnis", "resultat", "resultado", "risultato", "etiqueta", "etiquette",
        "categoria", "kategorie", "categorie", "etichetta", "decision",
    }
)  # fmt: skip
_CLASS_SIGNS = ("분류", "라벨", "레이블", "정답", "결과", "품종", "클래스", "종류", "类别", "類別", "标签", "標籤", "种类", "分类",
                "品种", "结果", "結果", "クラス", "ラベル", "種類", "分類", "класс", "результат", "метка")  # fmt: skip
_NUMBER_WORDS = frozenset(
    {
        "price", "prices", "saleprice", "sales", "salary", "charges", "mpg", "medv", "rent", "cost", "wage",
        "preis", "prix", "precio", "prezzo",
    }
)  # fmt: skip
_NUMBER_SIGNS = ("가격", "금액", "매매가", "집값", "매출", "연봉", "价格", "房价", "価格", "цена")
_PERSONAL = frozenset(
    {
        "sex", "gender", "city", "country", "state", "region", "island", "nationality", "name", "month",
        "weekday", "day", "year", "job", "occupation", "color", "colour", "geschlecht", "sexe", "sexo", "성별",
        "性别", "性別",
    }
)  # fmt: skip
_SWITCH = re.compile(r"(?:is|has|did|was)[ _]|(?:is|has)(?=[A-Z])")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_SPACE = re.compile(r"[^\w]+|_")
_DATES = frozenset({"date", "dates", "datum", "fecha", "data", "dato", "day", "tag", "tarih", "日付"})
_ENTRY = re.compile(
    r"(?i)timestamp$|created|updated|submitted|start ?date$|zeitstempel|horodateur|marca temporal|타임스탬프|タイムスタンプ|时间戳"
)
_COUNTER = frozenset(
    {
        "", "id", "ids", "index", "idx", "no", "no.", "nr", "nr.", "#", "row", "n", "number", "unnamed: 0", "번호", "순번",
        "序号", "编号", "번호.", "連番", "rownames", "row names", "row.names", "rowid", "row id", "obs", "s.no", "s.no.",
        "sr. no.", "sr no", "sl no", "sl. no.", "serial no", "serial", "lfd. nr.", "lfd nr", "record", "sno", "uid",
    }
)  # fmt: skip
_ID = re.compile(r"(?:[ _.-](?:id|nr|no|index|idx|번호)|[a-z](?:Id|ID|No|Nr))$", re.ASCII)
_ID_LOWER = re.compile(r"[ _.-](?:id|nr|no|index|idx|번호)$", re.IGNORECASE)


def words(name: str) -> frozenset[str]:
    """The words of a column's name, in small letters without accents."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", name) if not unicodedata.combining(sign))
    return frozenset(_SPACE.split(_CAMEL.sub(" ", plain).lower())) - {""}


def names_class(name: str) -> bool:
    """Whether a name says that the column is the class."""
    found = words(name)
    ends = "".join(sorted(found, key=len)[-1:]) if len(found) == 1 else ""
    return (
        bool(found & _CLASS_WORDS)
        or any(sign in name.lower() for sign in _CLASS_SIGNS)
        or any(ends.endswith(word) for word in ("class", "label", "species", "target"))
        or _SWITCH.match(name) is not None
    )


def names_target(name: str) -> bool:
    """Whether a name says that the column is a number to predict."""
    found = words(name)
    coded = found & {"range", "class", "category", "group", "level", "band", "type"}
    return not coded and (bool(found & _NUMBER_WORDS) or any(sign in name for sign in _NUMBER_SIGNS))


def names_person(name: str) -> bool:
    """Whether a name says where someone or something belongs, rather than what is to be found out about it."""
    return bool(words(name) & _PERSONAL)


def names_date(name: str) -> bool:
    """Whether a name says that the column holds dates."""
    return bool(words(name) & _DATES) or any(sign in name for sign in ("날짜", "일자", "日付", "日期", "дата"))


def names_entry(name: str) -> bool:
    """Whether a name says when a row was written down."""
    return _ENTRY.match(name) is not None


def names_counter(name: str) -> bool:
    """Whether a name says that the column numbers the rows."""
    lower = name.lower()
    return (
        lower in _COUNTER
        or re.fullmatch(r"unnamed: \d+(?:\.\d+)*|index\.\d+|level_\d", lower) is not None
        or _ID.search(name) is not None
        or _ID_LOWER.search(name) is not None
    )
