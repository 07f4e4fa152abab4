//! The words. In small letters, folded, separated by blanks.
//!
//! Languages: English, Spanish, Portuguese, French, German, Italian, Turkish, Indonesian, Vietnamese (without marks),
//! Russian, Ukrainian, Greek, Arabic, Persian, Chinese, Japanese, Hindi in Latin letters. Chinese and Japanese words
//! are pairs of characters, since their words stand without blanks.

use super::*;

/// Each list with what it means.
pub(crate) const LISTS: &[(&str, Tags)] = &[
    (TLDS, TLD),
    (COUNTRY_TLDS, TLD),
    (CORE_TLDS, TLD | TLD_CORE),
    (WORD_TLDS, TLD_WORD),
    ("dot punkt punto ponto точка tochka", DOT),
    ("http https ftp", SCHEME),
    ("hxxp hxxps htxp htxps hxtp hxtps htttp htttps meow", SCHEME | BROKEN_SCHEME),
    ("www", WWW),
    (OTP_WORDS, OTP),
    (
        "share never anyone disclose compartir comparta partagez teilen weitergeben никому сообщайте paylasmayin bagikan",
        SECRET,
    ),
    (NOTICE_WORDS, NOTICE),
    (OFFER_WORDS, OFFER),
    (URGE_WORDS, URGE),
    (PERSONAL_WORDS, PERSONAL),
    (
        "usd eur gbp inr rs rub руб pounds dollars euros dollar euro pound rupees idr rp brl mxn try tl zl ksh ngn naira lakh",
        MONEY,
    ),
];

/// `example` is reserved (RFC 2606) and stands for all others in examples.
const CORE_TLDS: &str = "com net org example";

const TLDS: &str = "info biz edu gov mil int xyz online site website shop store icu vip tech app dev io cc tv ws \
    mobi pro club cloud space live click link buzz rest fit cyou sbs cfd bond lol monster quest beauty hair skin \
    makeup boats homes autos yachts agency digital network solutions systems services support center email host \
    hosting press media news blog wiki page bank finance loan loans credit casino bet poker bingo games game review \
    reviews date dating trade market markets money cash ltd llc inc gmbh company ink bid webcam accountant science \
    stream racing faith party cricket win download men gdn xin wang ren kim onl ooo tokyo london berlin paris nyc \
    asia africa lat cat eus gal bzh moscow москва рф рус онлайн сайт дети бел укр срб мкд ею 中国 网址 网站 \
    ly gl gd su eu uk invalid";

const COUNTRY_TLDS: &str = "ac ad ae af ag al ao aq ar au aw ax az ba bb bd bf bg bh bj bm bn bo br bs bt bw bz ca \
    cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm dz ec ee eg er fi fj fk fm fo fr ga gb ge gf gg \
    gh gi gm gn gp gq gr gs gt gu gw gy hk hm hn hr hu ie iq ir je jm jo jp ke kg kh ki km kn kp kr kw ky kz lb lc \
    li lk lr ls lt lu lv mc mg mh mk ml mm mn mo mp mq mr ms mt mv mw mx mz nc nf ng ni nl np nr nu nz pe pf pg pk \
    pn pr ps pt pw qa ro ru rw sb sc sd se sg sj sk sl sm sn sr ss st sv sx sy sz tc td tf tg tj tk tl tm tn tr tt \
    tw tz ua ug uy uz va vc ve vg vi vn vu wf ye yt za zm zw";

const WORD_TLDS: &str = "is it in me to my do be at am as us no so la ma pa by an ai id im il re th ne mu na sh si \
    sa es et et le ou go ph hi ht tm pl py rs md mov zip ps cat top one best new now free fun love life help here \
    call you world today work works run art bar bio car cards care chat city cool deal deals direct fan fans farm \
    film food foo fyi gift gifts gold golf green group guru how gives got hot house jobs kids land law lawyer living \
    mom moe movie ninja nine off open ong page photo photos pics pink place plus porn red rent rip rocks sale school \
    sexy show social soy sport star study style sucks surf team tel tips tools tours town toys travel tube video \
    vote watch wed wedding wine wtf yoga zone zero baby band beer bike boo black blue camp coffee fail fish fast \
    test local name onion";

const OTP_WORDS: &str = "code codes otp pin passcode password verification verify verifying authentication \
    authenticate authorization confirm confirmation activation login signin tac tan 2fa onetime passwort \
    codigo clave contrasena verificacion verificacao senha confirmacion confirmacao mot passe verifier verifie \
    bestatigungscode sicherheitscode verifizierungscode bestatigung codice verifica kod \
    kodu sifre sifreniz dogrulama kode verifikasi sandi xac thuc ma otp's код коды пароль подтверждения подтверждение \
    проверочный кода вход входа перевірки підтвердження κωδικος κωδικός επαλήθευσης رمز كود التحقق تایید کد پین 验证 \
    驗證 認証 确认 校验 验证码 驗證碼 認証番号 동의 인증번호 인증 otp码 kodunuz koduz kodi";

const NOTICE_WORDS: &str = "account acct balance debited credited transaction txn statement deposit withdrawal \
    payment paid due invoice bill order shipped delivered delivery parcel package shipment courier appointment \
    reminder booking booked flight gate departure reservation ticket maintenance outage alert notice notification \
    policy premium avl ac atm upi imps neft recharge recharged validity expires expired usage data saldo cuenta \
    pago pedido entrega conta pagamento compte commande livraison rendez konto bestellung lieferung termin rechnung \
    ordine consegna hesap bakiye siparis kargo rekening tagihan pesanan pengiriman счет счёт баланс заказ доставка \
    списание зачисление платеж карта рахунок замовлення λογαριασμός حساب رصيد طلب 余额 账户 订单 快递 残高 注文";

const OFFER_WORDS: &str = "free win won winner winning prize prizes award awarded claim offer offers discount sale \
    deal deals bonus cashback cash gift voucher coupon promo promotion guaranteed exclusive limited selected lucky \
    jackpot lottery casino bet betting loan loans credit approved unsubscribe subscribe subscription ringtone \
    ringtones tone tones polyphonic mins minutes camcorder nokia mobile mobiles weekly entry draw reward rewards \
    xxx sexy dating adult singles chat camera handset upgrade cheap save savings off invest investment crypto bitcoin \
    profit earn income gratis ganar ganador premio oferta descuento regalo sorteo promocion promocao desconto gratuit \
    gagner gagne cadeau offre reduction remise kostenlos gewinn gewonnen angebot rabatt gutschein sconto offerta vinto \
    bedava ucretsiz kazandiniz indirim hediye firsat kampanya hadiah menang diskon promo pinjaman khuyen mai giam \
    бесплатно выиграли приз акция скидка скидки подарок кредит займ безкоштовно знижка акція виграли δωρεάν προσφορά \
    κερδίσατε έκπτωση مجانا عرض خصم جائزة ربح 免费 中奖 优惠 贷款 促销 折扣 無料 当選 割引 무료 당첨 할인";

const URGE_WORDS: &str = "call text txt reply click visit claim apply order collect send download install urgent \
    urgently now today hurry immediately stop verify confirm update register join buy shop act tap follow open redeem \
    haga clic llame visite clique ligue cliquez appelez visitez klicken klicke anrufen sofort clicca chiama tiklayin \
    arayin hemen klik hubungi segera bam ngay перейдите позвоните звоните срочно нажмите успейте перейдіть telefon \
    κάντε κλικ καλέστε اضغط اتصل 点击 回复 立即 クリック";

const PERSONAL_WORDS: &str = "i im me my u ur ya lol haha hahaha ok okay yeah yup yep nope love miss home dinner lunch \
    sleep tomorrow tonight mum mom dad hey hi hello sorry later going gonna wanna coming wat wot lor lar da dear dun \
    cos coz think thought feel want she he her him his we they them our yes thanks thanx thk bro sis babe friend \
    friends work class meet morning night yo el ella hola te quiero gracias mama papa je tu moi merci salut bisous ich \
    du mir dich danke hallo ciao io sono grazie ben sen seni tamam merhaba aku kamu aja iya toi em anh я ты мы он она \
    меня тебя привет да нет люблю дома мама папа спасибо ти він вона дякую εγώ εσύ γεια انا انت مرحبا 你好 我们 谢谢";
